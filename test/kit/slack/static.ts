import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sendText } from './http.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const PAGE = join(HERE, 'page');
const MODULES = join(HERE, '..', '..', '..', 'node_modules');
/** The packages whose files the page may load. */
const VENDORS = ['preact', 'htm'];

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The file a path of the page stands for, or undefined when it may not be served. */
function fileFor(path: string): string | undefined {
  const within = (root: string, rest: string) => {
    const file = normalize(join(root, rest));
    return file.startsWith(root + sep) ? file : undefined;
  };
  if (path === '/') return join(PAGE, 'index.html');
  if (path.startsWith('/page/')) return within(PAGE, path.slice('/page/'.length));
  const [, vendor] = /^\/vendor\/([^/]+)\//.exec(path) ?? [];
  if (!vendor || !VENDORS.includes(vendor)) return undefined;
  return within(join(MODULES, vendor), path.slice(`/vendor/${vendor}/`.length));
}

/** Serves the page and the modules it loads; 404 for everything else. */
export async function serveStatic(path: string, response: ServerResponse): Promise<void> {
  const file = fileFor(path);
  const type = TYPES[extname(file ?? '')];
  if (!file || !type) return sendText(response, 404, 'not found');
  try {
    const content = await readFile(file);
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache' });
    response.end(content);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    sendText(response, 404, 'not found');
  }
}

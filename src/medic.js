#!/usr/bin/env node
// Plain JavaScript, so that a Node too old for the rest can still read this and say so.

const oldest = 24;

if (Number(process.versions.node.split('.')[0]) >= oldest) {
  await import('./main.ts');
} else {
  process.stderr.write(
    `Medic needs Node ${oldest} or newer; this is ${process.version} (${process.execPath}).\n` +
      'After `npm ci`, `npm start` uses the Node that comes with the packages (Linux on x64 and arm64); ' +
      'elsewhere, install a newer Node.\n',
  );
  process.exitCode = 1;
}

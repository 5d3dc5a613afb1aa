import type { KnownBlock } from '@slack/types';
import type { Incident } from '../../../../../incident/model/incident.ts';
import { altText } from '../../pictures/alt-text.ts';
import { clip } from '../limits.ts';
import type { Message, Picture } from '../service.ts';
import { link, oneLine, section, words } from '../text.ts';
import { last, type ThreadSection } from './thread-section.ts';

const HEADS = {
  diagnosis: 'The alert’s metric',
  recovery: 'The alert’s metric until the end',
} as const;

/** A picture of the alert's metric. Its figures stand in words beside it, and in its place where Slack takes no pictures. */
export function chartMessage(chapter: ThreadSection, { subject }: Incident): Message {
  const told = last(chapter, 'charted');
  if (told === null) return { text: 'There is no picture', blocks: [section('There is no picture')] };
  const { chart, moment } = told;
  const alt = altText(chart, subject.name);
  const open = link(chart.link, 'Open the graph');
  const head = HEADS[moment];
  return {
    text: `${head}. ${words(alt, 1500)}`,
    blocks: [
      section(
        `:chart_with_upwards_trend: *${head}:* ${words(alt, 1500)}${open.startsWith('<') ? ` · ${open}` : ''}`,
      ),
    ],
    picture: { chart, title: clip(oneLine(`${head}: ${chart.title}`), 200), alt: clip(alt, 1900) },
  };
}

/** The message with its picture in it. */
export function withPicture<Shown extends Message>(
  message: Shown,
  { title, alt }: Picture,
  file: string,
): Shown {
  const image: KnownBlock = {
    type: 'image',
    slack_file: { id: file },
    alt_text: alt,
    title: { type: 'plain_text', text: title, emoji: false },
  };
  return { ...message, blocks: [...message.blocks, image] };
}

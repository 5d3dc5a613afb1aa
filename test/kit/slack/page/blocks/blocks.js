import { html } from '../html.js';
import { AlertBlock, CardBlock, CarouselBlock, ContainerBlock, PlanBlock, TaskCardBlock } from './cards.js';
import { InputBlock } from './input.js';
import { FileBlock, ImageBlock, VideoBlock } from './media.js';
import { RichTextBlock } from './rich-text.js';
import { DataTableBlock, TableBlock } from './tables.js';
import {
  ActionsBlock,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  MarkdownBlock,
  SectionBlock,
} from './text.js';

/** Every block of Block Kit, by its type. @type {Record<string, any>} */
const kinds = {
  actions: ActionsBlock,
  alert: AlertBlock,
  card: CardBlock,
  carousel: CarouselBlock,
  container: ContainerBlock,
  context: ContextBlock,
  context_actions: ActionsBlock,
  data_table: DataTableBlock,
  divider: DividerBlock,
  file: FileBlock,
  header: HeaderBlock,
  image: ImageBlock,
  input: InputBlock,
  markdown: MarkdownBlock,
  plan: PlanBlock,
  rich_text: RichTextBlock,
  section: SectionBlock,
  table: TableBlock,
  task_card: TaskCardBlock,
  video: VideoBlock,
};

/**
 * Fields are told apart by their id, so that what is typed stays when others come before them. Everything else keeps
 * its place: an app that edits a message every second gives its blocks new ids each time, and a button must not
 * vanish from under the pointer for that.
 * @param {any} block
 * @param {number} index
 */
const keyOf = (block, index) => (block.type === 'input' ? block.block_id : `${index} ${block.type}`);

/** @param {{blocks: any[]}} props */
export const Blocks = ({ blocks }) => html`<div class="blocks">
  ${blocks.map((block, index) => {
    const Kind = kinds[block.type];
    return html`<div key=${keyOf(block, index)} class=${`block block-${block.type}`} data-block-id=${block.block_id}>
      ${Kind ? html`<${Kind} block=${block} nested=${Blocks} />` : html`<em class="unknown">Unknown block: ${block.type}</em>`}
    </div>`;
  })}
</div>`;

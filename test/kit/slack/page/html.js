import htm from 'htm';
import { h } from 'preact';

/**
 * Tagged template that builds Preact nodes. Setting the first element of `this` tells htm not to reuse the
 * nodes of static subtrees: a node that stands in two places of the tree would confuse Preact.
 * @type {(strings: TemplateStringsArray, ...values: any[]) => any}
 */
export const html = /** @type {any} */ (htm).bind(
  /**
   * @this {any}
   * @param {any} type
   * @param {any} props
   * @param {any[]} children
   */
  function (type, props, ...children) {
    this[0] = 3;
    return h(type, props, ...children);
  },
);

import type { StoreSnapshot } from '../../../service/src/core/monitor.js';
import { el, setHidden, setStyle, setText } from '../ui/dom.js';
import { storeWords } from '../words/store.js';

export interface StoreView {
  readonly element: HTMLElement;
  /** The strip that says what is wrong with the store and what to do; hidden while nothing is. */
  readonly notice: HTMLElement;
  update(store: StoreSnapshot | undefined): void;
}

export function createStoreView(): StoreView {
  const fill = el('span', { class: 'store-fill' });
  const detail = el('span', { class: 'store-detail' });
  const gauge = el('i', { class: 'store-gauge', 'aria-hidden': 'true' });
  const element = el(
    'section',
    { class: 'store', 'aria-labelledby': 'store-heading', hidden: '' },
    el('h2', { id: 'store-heading' }, 'Stored audio'),
    el('p', { class: 'store-line' }, gauge, fill, detail),
  );
  const trouble = el('span');
  const notice = el(
    'div',
    { class: 'notice', hidden: '' },
    el('p', {}, el('strong', {}, 'New audio cannot be stored.'), ' ', trouble),
  );
  return {
    element,
    notice,
    update(store) {
      const words = store === undefined ? undefined : storeWords(store);
      setHidden(element, words === undefined);
      setHidden(notice, store === undefined || store.trouble === '');
      if (store === undefined || words === undefined) return;
      setText(trouble, store.trouble);
      setText(fill, words.fill);
      setText(detail, words.detail);
      setStyle(gauge, '--fill', words.share.toFixed(4));
      element.classList.toggle('troubled', words.troubled);
    },
  };
}

import { el, setHidden, setText } from '../ui/dom.js';

export interface RefusedView {
  readonly notice: HTMLElement;
  update(refused: string): void;
}

/** The strip that says why a plugin that asks for a session gets none; hidden while none is refused. */
export function createRefusedView(): RefusedView {
  const why = el('span');
  const notice = el(
    'div',
    { class: 'notice', hidden: '' },
    el('p', {}, el('strong', {}, 'A plugin is refused.'), ' ', why),
  );
  return {
    notice,
    update(refused) {
      setHidden(notice, refused === '');
      setText(why, refused);
    },
  };
}

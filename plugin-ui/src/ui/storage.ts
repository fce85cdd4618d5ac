import type { KeyValueStore } from '../drawing/shelf.js';

/** The browser's storage for this address; undefined where it is forbidden. */
export function storeOf(browser: Window): KeyValueStore | undefined {
  try {
    return browser.localStorage;
  } catch {
    return undefined;
  }
}

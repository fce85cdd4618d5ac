/** The part of the browser's storage that is used. */
export interface KeyValueStore {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The browser's storage for this address; undefined where it is forbidden. */
export function storeOf(browser: { readonly localStorage: KeyValueStore }): KeyValueStore | undefined {
  try {
    return browser.localStorage;
  } catch {
    return undefined;
  }
}

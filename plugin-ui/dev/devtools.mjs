import WebSocket from 'ws';

/** One page of a browser that was started with --remote-debugging-port=0, by the DevTools protocol. */
export class Devtools {
  #socket;
  #last = 0;

  constructor(socket) {
    this.#socket = socket;
  }

  static async connect(browser) {
    const port = await new Promise((resolve, reject) => {
      let said = '';
      browser.once('error', reject);
      browser.stderr.on('data', (part) => {
        said += part;
        const found = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(said);
        if (found !== null) resolve(found[1]);
      });
    });
    const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
    const target = targets.find(({ type }) => type === 'page');
    const socket = new WebSocket(target.webSocketDebuggerUrl, { maxPayload: 2 ** 28 });
    await new Promise((resolve) => socket.once('open', resolve));
    return new Devtools(socket);
  }

  on(event, listener) {
    this.#socket.on('message', (data) => {
      const { method, params } = JSON.parse(data.toString());
      if (method === event) listener(params);
    });
  }

  send(method, params = {}) {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      const hear = (data) => {
        const message = JSON.parse(data.toString());
        if (message.id !== id) return;
        this.#socket.off('message', hear);
        if (message.error === undefined) resolve(message.result);
        else reject(new Error(`${method}: ${message.error.message}`));
      };
      this.#socket.on('message', hear);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

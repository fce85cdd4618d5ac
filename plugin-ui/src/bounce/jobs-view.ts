import type { Job } from '../../../service/src/core/monitor.js';
import type { Services } from '../services.js';
import { el, setAttribute, setHidden, setStyle, setText } from '../ui/dom.js';
import { downloadUrl, jobWords } from '../words/jobs.js';

export interface JobsView {
  readonly element: HTMLElement;
  update(jobs: readonly Job[]): void;
}

const shownMax = 8;

/** What Simmer is making files and takes of, newest first. */
export function createJobsView(services: Services, session: string): JobsView {
  const element = el('ul', { class: 'jobs', 'aria-label': 'Bounces and drawn takes' });
  const items = new Map<string, { element: HTMLElement; show(job: Job): void }>();
  let shown: readonly Job[] | undefined;

  const itemFor = (id: string) => {
    const label = el('span', { class: 'job-label' });
    const state = el('span', { class: 'job-state' });
    const bar = el('div', { class: 'bar', role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' });
    const cancel = el('button', { type: 'button' }, 'Cancel');
    const reveal = el('button', { type: 'button' }, 'Reveal file');
    const link = el('a', { class: 'file', draggable: 'true' });
    const item = el('li', { class: 'job' }, label, state, bar, el('div', { class: 'tools' }, link, reveal, cancel));
    services.scope.on(cancel, 'click', () => void services.ask({ type: 'cancel', job: id }));
    services.scope.on(reveal, 'click', () => void services.ask({ type: 'reveal', job: id }));
    services.scope.on(link, 'dragstart', (event) => {
      if (!(event instanceof DragEvent) || event.dataTransfer === null) return;
      event.dataTransfer.setData('DownloadURL', downloadUrl(link.download, link.href));
      event.dataTransfer.setData('text/uri-list', link.href);
      event.dataTransfer.effectAllowed = 'copy';
    });
    const made = {
      element: item,
      show(job: Job): void {
        const words = jobWords(job);
        const live = job.state === 'running' || job.state === 'waiting';
        setAttribute(item, 'data-state', job.state);
        setText(label, job.label);
        setText(state, words.text);
        setHidden(bar, !live);
        setStyle(bar, '--fill', words.share.toFixed(4));
        setAttribute(bar, 'aria-valuenow', String(Math.floor(words.share * 100)));
        setAttribute(bar, 'aria-label', job.label);
        setHidden(cancel, !live);
        setAttribute(cancel, 'aria-label', `Cancel ${job.label}`);
        const { file } = job;
        setHidden(reveal, file === null);
        setHidden(link, file === null);
        if (file === null) return;
        setAttribute(reveal, 'aria-label', `Reveal file ${file.name}`);
        setText(link, file.name);
        setAttribute(link, 'download', file.name);
        // A path on this server and nothing else: an address of elsewhere does not become a link.
        if (/^\/jobs\/[^/]+\/[^/]+$/.test(file.url)) setAttribute(link, 'href', file.url);
        setAttribute(link, 'title', 'Drag it into the host, or click to download.');
      },
    };
    items.set(id, made);
    return made;
  };

  return {
    element,
    update(jobs) {
      if (jobs === shown) return;
      shown = jobs;
      const mine = jobs
        .filter((job) => job.session === session)
        .slice(-shownMax)
        .reverse();
      for (const [id, { element: item }] of items) {
        if (mine.some((job) => job.id === id)) continue;
        item.remove();
        items.delete(id);
      }
      mine.forEach((job, index) => {
        const item = items.get(job.id) ?? itemFor(job.id);
        item.show(job);
        if (element.children.item(index) !== item.element)
          element.insertBefore(item.element, element.children.item(index));
      });
      setHidden(element, mine.length === 0);
    },
  };
}

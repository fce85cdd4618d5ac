import type { Job, TakeSummary } from '../../service/src/core/monitor.js';

export const take: TakeSummary = {
  id: '00000000000000a1',
  name: '',
  seed: 7,
  parent: null,
  rootStep: 0,
  firstStep: 16_000,
  endStep: 48_000,
  kept: false,
  discarded: false,
  current: true,
  drawn: false,
  model: 'one-song',
  temperature: [0.6, 0.8, 1.1],
};

export const job: Job = {
  id: 'j1',
  session: 's1',
  kind: 'bounce',
  label: 'Bars 1 to 5',
  state: 'running',
  doneFrames: 12_000,
  totalFrames: 48_000,
  message: '',
  file: null,
  take: null,
};

import type { ModelCard, SessionSnapshot, TakeSummary } from '../../../service/src/core/monitor.js';
import { createBounceView } from '../bounce/bounce-view.js';
import { createDrawTake } from '../drawing/draw-take.js';
import { heatColour, heatOf } from '../geometry/heat.js';
import type { Services } from '../services.js';
import type { PageState, SessionView } from '../state/state.js';
import { Player } from '../takes/player.js';
import { createTakesView } from '../takes/takes-view.js';
import { el, setAttribute, setStyle } from '../ui/dom.js';
import { darkLightness, lightLightness } from '../ui/theme.js';
import { stateWords, usefulRange } from '../words/words.js';
import type { Workspace } from '../workspace/workspace.js';
import { createControlsView } from './controls-view.js';
import { createHeadView } from './head-view.js';
import { createSongPanel } from './song-panel.js';
import { createStatusView } from './status-view.js';

export interface InstanceView {
  readonly element: HTMLElement;
  update(view: SessionView, state: PageState, name: string): void;
  linkLost(): void;
}

/** One instance of the plugin: a faceplate. */
export function createInstanceView(first: SessionSnapshot, services: Services, workspace: Workspace): InstanceView {
  const { id } = first;
  const headingId = `session-${id}`;
  let current: { view: SessionView; state: PageState } | undefined;
  let audioContext: AudioContext | undefined;
  const player = new Player({
    scope: services.scope,
    fetch: services.fetch,
    context: () => {
      audioContext ??= new AudioContext();
      return audioContext;
    },
    onPlace: (step) => workspace.listen(step === undefined ? undefined : step / first.modelRateHz),
    onFault: services.toast,
  });
  services.scope.add(() => void audioContext?.close());
  const listen = (take: TakeSummary): void => {
    const rateHz = current?.view.snapshot.modelRateHz ?? first.modelRateHz;
    const chosen = workspace.selection === undefined ? 0 : Math.floor(workspace.selection.start * rateHz);
    const within = chosen > take.firstStep && chosen < take.endStep;
    const fromStep = within ? chosen : Math.max(0, take.firstStep);
    player.play({ session: id, take: take.id, rateHz, fromStep, endStep: take.endStep });
    if (!take.current) workspace.show(take.id);
  };
  const drawing = createDrawTake({ services, workspace, session: id, view: () => current?.view, listen });

  const head = createHeadView(headingId);
  const controls = createControlsView(services, id);
  const song = createSongPanel(services, workspace, { services, workspace, session: id, draw: drawing.draw });
  const takes = createTakesView({ services, workspace, session: id, player, listen });
  const bounce = createBounceView(services, workspace, id);
  const status = createStatusView();
  const element = el(
    'article',
    { class: 'session heated', 'aria-labelledby': headingId },
    head.element,
    head.missing,
    el('div', { class: 'plate' }, controls.element, song.element),
    el('div', { class: 'below' }, takes.element, bounce.element),
    status.element,
  );
  return {
    element,
    update(view, state, name) {
      current = { view, state };
      setAttribute(element, 'data-state', stateWords(view.snapshot).kind);
      paintHeat(element, view.snapshot, state.models);
      head.update(view, state.models, name);
      controls.update(view, state.models);
      song.update(view, state.models);
      takes.update(view, state.models);
      bounce.update(view, state);
      status.update(view);
      drawing.update(view, state);
    },
    linkLost: () => controls.linkLost(),
  };
}

/** The instance's colour, for everything inside it that shows its heat. */
function paintHeat(element: HTMLElement, snapshot: SessionSnapshot, models: readonly ModelCard[]): void {
  const heat = heatOf(snapshot.temperatureEvaluated, usefulRange(snapshot.model, models));
  setStyle(element, '--heat-on-dark', heatColour(heat, darkLightness));
  setStyle(element, '--heat-on-light', heatColour(heat, lightLightness));
}

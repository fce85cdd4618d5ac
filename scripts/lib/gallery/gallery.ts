import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exhibit } from '../../../plugin-ui/src/gallery/data.js';
import { readExperiments } from '../../../service/src/cli/experiments.js';
import type { Experiment } from '../../../service/src/core/experiment.js';
import { Failure } from '../../../service/src/core/failure.js';
import type { VerifiedModel } from '../../../service/src/model/verified-model.js';
import { outFolder } from '../folders.js';
import { readWav } from '../wav-file.js';
import { comparisonsOf, exhibitOf, type Rendered } from './exhibits.js';
import { galleryPage } from './page.js';
import { Renderer, sampleRateHz } from './rendered.js';

export interface GalleryOptions {
  /** Render also what is there. */
  readonly anew: boolean;
  readonly step: (line: string) => void;
  readonly progress: (line: string) => void;
  /** A step that told of its progress is over. */
  readonly done: () => void;
}

/** Makes out/gallery.html of all experiments whose model is here, and says what is missing. */
export async function makeGallery(options: GalleryOptions): Promise<{ page: string; missing: string[] }> {
  const folder = join(outFolder, 'gallery');
  mkdirSync(folder, { recursive: true });
  const experiments = [...(await readExperiments()).values()];
  const { rendered, missing } = await renderAll(experiments, folder, options);
  options.step('Drawing the pictures');
  const place = { sampleRateHz, folder, address: 'gallery' };
  const exhibits = experiments.map((experiment): Exhibit => {
    const found = rendered.find((each) => each.experiment === experiment);
    if (found !== undefined) return exhibitOf(found, rendered, place);
    const { id, title, story, model } = experiment;
    return { id, title, story, model, sound: undefined, missing: missing.get(id) };
  });
  const comparisons = comparisonsOf(rendered.map(({ experiment }) => experiment));
  const page = join(outFolder, 'gallery.html');
  writeFileSync(`${page}.part`, await galleryPage({ exhibits, comparisons }));
  renameSync(`${page}.part`, page);
  return { page, missing: [...missing].map(([id, why]) => `${id}. ${why}`) };
}

/** Renders what can be; a model that is not here leaves out its experiments, and nothing else may fail. */
async function renderAll(experiments: readonly Experiment[], folder: string, options: GalleryOptions) {
  const missing = new Map<string, string>();
  const rendered: Rendered[] = [];
  const renderer = await Renderer.open();
  try {
    for (const experiment of experiments) {
      const { id, model: name, title } = experiment;
      const model = await modelOf(renderer, name);
      if (model instanceof Failure) {
        missing.set(id, model.message);
        continue;
      }
      options.step(`${id}: ${title}`);
      const output = join(folder, `${id}.wav`);
      const { anew } = options;
      await renderer.render(experiment, model, output, { anew, showProgress: options.progress });
      options.done();
      rendered.push({ experiment, model, values: readWav(output).channels[0] ?? new Float32Array() });
    }
  } finally {
    await renderer.close();
  }
  return { rendered, missing };
}

function modelOf(renderer: Renderer, name: string): Promise<VerifiedModel | Failure> {
  return renderer.model(name).catch((thrown: unknown) => {
    const failure = Failure.from(thrown);
    if (failure.code !== 'model-missing') throw failure;
    return failure;
  });
}

import { describe, expect, test } from 'vitest';
import { type BlockEngine, type DrawInputs, type DrawnBlocks, drawOneByOne } from '../../service/src/model/engine.js';
import { TinyModel, tinyModel } from '../../service/src/model/tiny-model.js';
import { readModel } from '../../service/src/model/verified-model.js';
import { codedEngines, codedModel } from '../support/coded-fixture.js';
import { codesEngine, codesModel } from '../support/codes-fixture.js';
import { engineOf } from '../support/engines.js';
import { realModelFolder } from '../support/models.js';
import { describeEngineContract, wholeContract } from './engine-contract.js';

describeEngineContract('tiny', () => Promise.resolve({ engine: new TinyModel(), model: tinyModel }));

const folder = realModelFolder();
/** The model that comes with the repository, on one of its engines. */
const ofRealModel = (which: 'onnx' | 'int8' | 'float32') => async () => {
  const model = await readModel(folder);
  return { engine: await engineOf(model, which), model };
};
describeEngineContract('ONNX Runtime', ofRealModel('onnx'));

describe.each(['vq-tiny', 'vq-tiny-stereo', 'musicgen-tiny'])('%s', (name) => {
  describeEngineContract('a model of codes', async () => {
    const model = await codesModel(name);
    return { engine: await codesEngine(model), model };
  });
});

describe.each(codedEngines)('a SampleRNN under codes: %s', (which) => {
  describeEngineContract('coded-tiny', async () => {
    const model = await codedModel();
    return { engine: await engineOf(model, which), model };
  });
});

describeEngineContract('the kernel, 8 bits', ofRealModel('int8'));
// Full precision may be left out of a folder.
if ((await readModel(folder)).kernel?.float32 !== undefined) {
  describeEngineContract('the kernel, float32', ofRealModel('float32'));
}

/** An engine with one fault, made of one without. */
function broken(draw: (good: TinyModel, inputs: DrawInputs) => Promise<DrawnBlocks>): BlockEngine {
  const good = new TinyModel();
  const engine: BlockEngine = {
    shape: good.shape,
    voicesTogetherMax: 1,
    draw: (inputs) => draw(good, inputs),
    drawTogether: (voices) => drawOneByOne(engine, voices),
    close: () => good.close(),
  };
  return engine;
}

/** One that draws several voices wrongly, and one as it should. */
function brokenTogether(drawTogether: BlockEngine['drawTogether']): BlockEngine {
  const engine = broken((good, inputs) => good.draw(inputs));
  return { ...engine, drawTogether };
}

let drawCount = 0;
const faults: Readonly<Record<string, [broken: BlockEngine, fails: string]>> = {
  'one that looks ahead': [
    broken((good, inputs) => {
      const last = inputs.temperature.at(-1) ?? 1;
      return good.draw({ ...inputs, temperature: inputs.temperature.map((value) => (value + last) / 2) });
    }),
    'causality',
  ],
  'one that gives another kind of sound': [
    broken(async (good, inputs) => {
      const drawn = await good.draw(inputs);
      return { ...drawn, sound: Int32Array.from(drawn.sound) };
    }),
    'shapes, ranges',
  ],
  'one that draws its own randomness': [
    broken((good, inputs) => {
      drawCount += 1;
      return good.draw({ ...inputs, uniform: inputs.uniform.map((value) => (value + drawCount * 0.01) % 1) });
    }),
    'purity',
  ],
  'one that forgets its state': [
    broken((good, inputs) => good.draw({ ...inputs, state: Float32Array.of(128, 128) })),
    'the state carries everything',
  ],
  'one that is warm at T = 0': [
    broken((good, inputs) => good.draw({ ...inputs, temperature: inputs.temperature.map((value) => value + 0.3) })),
    'T → 0',
  ],
  'one that listens to a guide of strength 0': [
    broken((good, inputs) =>
      good.draw({ ...inputs, guideStrength: inputs.guideStrength.map((value) => value + 0.01) }),
    ),
    'λ = 0',
  ],
  'one that is deaf to the guide': [
    broken((good, inputs) => good.draw({ ...inputs, guideStrength: inputs.guideStrength.map(() => 0) })),
    'the guide pulls',
  ],
  'one that ignores temperature': [
    broken((good, inputs) => good.draw({ ...inputs, temperature: inputs.temperature.map(() => 1) })),
    'entropy rises',
  ],
  'one that mixes up its voices': [
    brokenTogether(async (voices) => (await drawOneByOne(new TinyModel(), voices)).toReversed()),
    'voices that are drawn together are',
  ],
  'one that draws the first voice for all': [
    brokenTogether((voices) =>
      drawOneByOne(
        new TinyModel(),
        voices.map((voice) => voices[0] ?? voice),
      ),
    ),
    'voices that are drawn together are',
  ],
  'one whose voices share a temperature': [
    brokenTogether((voices) => {
      const temperature = voices[0]?.temperature.map(
        (_, step) => voices.reduce((sum, voice) => sum + (voice.temperature[step] ?? 0), 0) / voices.length,
      );
      return drawOneByOne(
        new TinyModel(),
        voices.map((voice) => ({ ...voice, temperature: temperature ?? voice.temperature })),
      );
    }),
    'voices that are drawn together do not',
  ],
};

describe('control: the contract refuses', () => {
  test.each(Object.entries(faults))('%s', async (_, [engine, title]) => {
    const check = Object.entries(wholeContract).find(([name]) => name.startsWith(title))?.[1];
    await expect(check?.({ engine, model: tinyModel })).rejects.toThrow();
  });
});

test('control: the contract refuses an engine whose codes are drawn with numbers of rows to come', async () => {
  const model = await codedModel();
  const good = await engineOf(model, 'int8');
  const ahead = ({ codeUniform = new Float32Array(0), ...inputs }: DrawInputs) =>
    good.draw({ ...inputs, codeUniform: codeUniform.slice().fill(codeUniform.at(-1) ?? 0) });
  const engine: BlockEngine = {
    shape: good.shape,
    voicesTogetherMax: 1,
    draw: ahead,
    drawTogether: (voices) => drawOneByOne(engine, voices),
    close: () => good.close(),
  };
  const causality = Object.entries(wholeContract).find(([name]) => name.startsWith('causality'))?.[1];
  await expect(causality?.({ engine: good, model })).resolves.toBeUndefined();
  await expect(causality?.({ engine, model })).rejects.toThrow('looks ahead');
});

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { type EngineWish, engineWishes, type TailGuardWish, tailGuardWishes } from '../model/engine-name.js';
import { type ProviderWish, providerWishes } from '../model/provider-wish.js';
import type { RecipeOptions } from './recipe.js';

export interface ServeOptions {
  readonly json: boolean;
  readonly engine: EngineWish;
  readonly tailGuard: TailGuardWish;
  readonly topK?: number;
  readonly topP?: number;
  readonly provider: ProviderWish;
  readonly models?: string;
  readonly runtimeDir?: string;
  readonly record?: string;
  readonly lookaheadMs: number;
  readonly workers?: number;
  readonly model?: string;
  readonly store?: string;
  readonly storeGib: number;
  readonly bounceFolder?: string;
  readonly adoptModels: boolean;
}

export interface RenderOptions {
  readonly model?: string;
  readonly models?: string;
  readonly engine: EngineWish;
  readonly tailGuard: TailGuardWish;
  readonly topK?: number;
  readonly topP?: number;
  readonly provider: ProviderWish;
  readonly experiment?: string;
  readonly lane?: string;
  readonly seconds?: number;
  readonly take?: number;
  readonly guide?: string;
  readonly guideLoop: boolean;
  readonly guideAmount?: number;
  readonly artist?: string;
  readonly genre?: string;
  readonly otherArtist?: string;
  readonly otherGenre?: string;
  readonly blend?: number;
  readonly prime?: string;
  readonly start: number;
  readonly rate: number;
  readonly record?: string;
  readonly output?: string;
}

export interface StudyOptions {
  readonly experiment?: string;
  readonly model?: readonly string[];
  readonly models?: string;
  readonly engine: EngineWish;
  readonly tailGuard: TailGuardWish;
  readonly topK?: number;
  readonly topP?: number;
  readonly provider: ProviderWish;
  readonly temperatures?: readonly number[];
  readonly items?: number;
  readonly seconds?: number;
  readonly seeds?: readonly number[];
  readonly conditions?: readonly string[];
  readonly rate: number;
  readonly out: string;
  readonly workers?: number;
  readonly fresh: boolean;
}

export const trainSizes = ['small', 'medium', 'large', 'tiny'] as const;
export const trainDevices = ['auto', 'cpu', 'cuda', 'mps'] as const;

export interface TrainOptions {
  readonly audio: readonly string[];
  readonly name: string;
  readonly title?: string;
  readonly size: (typeof trainSizes)[number];
  readonly hours?: number;
  readonly device: (typeof trainDevices)[number];
  readonly threads?: number;
  readonly seed: number;
  readonly out?: string;
  readonly fresh: boolean;
  readonly check: boolean;
}

export interface ModelsOptions {
  readonly models?: string;
}

export interface CheckOptions {
  readonly folder: string;
  readonly json: boolean;
}

/** What each command does; main composes it. */
export interface Commands {
  serve(options: ServeOptions): Promise<void>;
  models(options: ModelsOptions): Promise<void>;
  checkModel(options: CheckOptions): Promise<void>;
  recipe(options: RecipeOptions): Promise<void>;
  render(options: RenderOptions): Promise<void>;
  study(options: StudyOptions): Promise<void>;
  train(options: TrainOptions): Promise<void>;
}

/** Reads the command line and runs what it asks for. @throws Failure `usage` with the one line that says what is wrong */
export async function runProgram(argv: readonly string[], version: string, commands: Commands): Promise<void> {
  try {
    await buildProgram(version, commands).parseAsync([...argv]);
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return;
    // What it is for has been printed.
    if (thrown.code === 'commander.help') throw new Failure('usage', 'Say a command, such as simmer serve.', thrown);
    throw new Failure('usage', thrown.message.replace(/^error: /, ''), thrown);
  }
}

function buildProgram(version: string, commands: Commands): Command {
  const program = new Command('simmer')
    .description('Plays a neural network inside a DAW; its sampling temperature is a lane you draw.')
    .version(version)
    .exitOverride()
    // The caller prints the failure: one line, once.
    .configureOutput({ outputError: () => {} });
  const modelsOption = () => new Option('--models <dir>', 'look for models in this folder first');
  const providerOption = () =>
    new Option('--provider <name>', 'what ONNX Runtime runs a model on').choices(providerWishes).default('auto');
  const engineOption = () =>
    new Option('--engine <name>', 'what draws: the kernel, ONNX Runtime, or the faster one')
      .choices(engineWishes)
      .default('auto');
  const tailGuardOption = () =>
    new Option('--tail-guard <on|off>', 'whether new takes use the tail guard of the model')
      .choices(tailGuardWishes)
      .default('on');

  const topKOption = () =>
    new Option('--top-k <n>', 'models of codes: draw only from the n likeliest codes').argParser(
      wholeNumberWithin(1, limits.codeSizeMax),
    );
  const topPOption = () =>
    new Option(
      '--top-p <share>',
      'models of codes: draw only from the likeliest codes that together have this share',
    ).argParser(numberWithin(0.001, 1));

  program
    .command('serve')
    .description('render for plugins, and serve the page, until you interrupt it')
    .option('--json', 'print where the service is, as one line of JSON', false)
    .addOption(engineOption())
    .addOption(tailGuardOption())
    .addOption(topKOption())
    .addOption(topPOption())
    .addOption(providerOption())
    .addOption(modelsOption())
    .option('--model <name>', 'the model for plugins that do not name one')
    .option('--runtime-dir <dir>', 'where service.json is written')
    .option('--record <dir>', 'write what was drawn, one folder per epoch')
    .option(
      '--lookahead-ms <n>',
      'how far ahead of the playhead to render',
      numberWithin(limits.lookaheadMillisMin, limits.lookaheadMillisMax),
      limits.lookaheadMillisDefault,
    )
    .option('--store <dir>', 'where rendered audio is kept')
    .option('--bounce-folder <dir>', 'where the page saves bounces (default: Simmer in your music folder)')
    .option(
      '--store-gib <n>',
      'how much to keep, in GiB; the least recently used goes first, kept takes stay',
      numberWithin(limits.storeGibMin, limits.storeGibMax),
      limits.storeGibDefault,
    )
    .option(
      '--adopt-models',
      'play songs with the models and engines that are here, even if they were made with others',
      false,
    )
    .option('--workers <n>', 'how many threads draw', wholeNumberWithin(1, limits.workersMax))
    .action((options: ServeOptions) => commands.serve(options));

  const models = program
    .command('models')
    .description('list the models it finds, the engine that plays each, and its speed')
    .addOption(modelsOption())
    .action((options: ModelsOptions) => commands.models(options));
  models
    .command('check')
    .description('say what is right and wrong with a model folder: files, graphs, contract, speed')
    .argument('<folder>', 'the folder with manifest.json')
    .option('--json', 'print one line of JSON for each check', false)
    .action((folder: string, options: Omit<CheckOptions, 'folder'>) => commands.checkModel({ ...options, folder }));

  program
    .command('recipe')
    .description('print the takes of a saved plugin state, or of a project with several, one JSON object each')
    .argument('<file>', 'a state, or the project of a host that keeps states as bytes or in base64')
    .option('--lanes', 'include every run of the temperature', false)
    .action((file: string, options: Omit<RecipeOptions, 'file'>) => commands.recipe({ ...options, file }));

  program
    .command('render')
    .description('render a lane, or an experiment, to a file, without a DAW')
    .option('--lane <file>', 'the lane, as CSV: seconds,temperature[,hold|linear]')
    .option('--seconds <n>', 'length', numberWithin(0, limits.renderSecondsMax))
    .option('-o, --output <file>', 'file to write: .wav (float32) or .flac (24 bits)')
    .option('--experiment <id>', 'S1 to S5, in place of a lane; it brings its own lane, length, model, take and guide')
    .option('--model <name>', 'model')
    .addOption(modelsOption())
    .addOption(engineOption())
    .addOption(tailGuardOption())
    .addOption(topKOption())
    .addOption(topPOption())
    .addOption(providerOption())
    .option('--take <n>', 'seed of the take (default: 1)', wholeNumberWithin(0, 2 ** 32 - 1))
    .option('--guide <file>', 'audio file that guides the model, from --start on')
    .option('--guide-loop', 'repeat the guide', false)
    .option('--guide-amount <n>', 'how strongly it guides, 0 to 1 (default: 1)', numberWithin(0, 1))
    .option('--artist <name>', 'whose music to play, for a model with artists and genres')
    .option('--genre <name>', 'which of its genres')
    .option('--other-artist <name>', 'the artist that --blend leads to')
    .option('--other-genre <name>', 'the genre that --blend leads to')
    .option('--blend <share>', 'how far from the first pair, 0, to the other, 1', numberWithin(0, 1))
    .option('--prime <file>', 'audio file that a model of codes continues')
    .option('--start <seconds>', 'where in the song to begin', numberWithin(0, limits.renderSecondsMax), 0)
    .option('--rate <hz>', 'sample rate', wholeNumberWithin(limits.sampleRateHzMin, limits.sampleRateHzMax), 48_000)
    .option('--record <dir>', 'write what was drawn')
    .action((options: RenderOptions) => commands.render(options));

  program
    .command('study')
    .description('render a grid of takes to compare by ear: temperatures, items, conditions, models, seeds')
    .option('--experiment <id>', 'S6; other options override what it asks for')
    .option('--model <names>', 'one or more models, separated by commas', list)
    .addOption(modelsOption())
    .option(
      '--temperatures <list>',
      'one or more, such as 0.75,0.95',
      numbersWithin(0, limits.temperatureMax, limits.studyTemperaturesMax),
    )
    .option('--items <n>', 'takes at each temperature', wholeNumberWithin(1, limits.studyItemsMax))
    .option(
      '--seeds <list>',
      'whole numbers; an item has the same seed at every temperature',
      wholeNumbersWithin(0, limits.studySeedMax),
    )
    .option('--conditions <list>', '"Artist/Genre,Artist/Genre", or all', list)
    .option('--seconds <n>', 'length of a take', numberWithin(0.1, limits.renderSecondsMax))
    .option('--rate <hz>', 'sample rate', wholeNumberWithin(limits.sampleRateHzMin, limits.sampleRateHzMax), 48_000)
    .option('--out <dir>', 'the folder of the study; the same command continues it', 'study')
    .option('--fresh', 'begin again; what is in the folder is kept beside it', false)
    .option('--workers <n>', 'how many takes are rendered at once', wholeNumberWithin(1, limits.workersMax))
    .addOption(engineOption())
    .addOption(tailGuardOption())
    .addOption(topKOption())
    .addOption(topPOption())
    .addOption(providerOption())
    .action((options: StudyOptions) => commands.study(options));

  program
    .command('train')
    .description('make a model of your own song; the same command continues a run that was stopped')
    .argument('<audio...>', 'recordings of the song: WAV, AIFF, FLAC, OGG or MP3, the more performances the better')
    .requiredOption('--name <name>', 'name of the model: small letters, digits and hyphens', modelName)
    .option('--title <text>', 'the name that people see')
    .addOption(
      new Option('--size <name>', 'small draws 11, medium 6, large 4 times as fast as real time; larger learns more')
        .choices(trainSizes)
        .default('small'),
    )
    .option(
      '--hours <n>',
      'how long to train in all (default: 6 on a processor, 3 on an Apple GPU, 1 with CUDA)',
      numberWithin(limits.trainingHoursMin, limits.trainingHoursMax),
    )
    .addOption(new Option('--device <name>', 'what trains').choices(trainDevices).default('auto'))
    .option(
      '--threads <n>',
      'how many threads of the processor to use',
      wholeNumberWithin(1, limits.trainingThreadsMax),
    )
    .option('--seed <n>', 'another seed makes another model', wholeNumberWithin(0, 2 ** 31 - 1), 1)
    .option('--out <dir>', 'the folder of models to put it in')
    .option('--fresh', 'begin again; what was trained under this name is kept beside it', false)
    .option('--check', 'check the audio, and stop there', false)
    .action((audio: string[], options: Omit<TrainOptions, 'audio'>) => commands.train({ ...options, audio }));
  for (const command of [...program.commands, ...models.commands])
    command.exitOverride().configureOutput({ outputError: () => {} });
  return program;
}

function modelName(text: string): string {
  if (/^[a-z0-9][a-z0-9-]*$/.test(text) && text.length <= limits.modelNameCharactersMax) return text;
  throw new InvalidArgumentError('It must be small letters, digits and hyphens, such as my-song.');
}

function numberWithin(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

function list(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '')) throw new InvalidArgumentError('It must be names separated by commas.');
  return parts;
}

function numbersWithin(min: number, max: number, countMax: number): (text: string) => number[] {
  const parse = numberWithin(min, max);
  return (text) => {
    const parts = list(text);
    if (parts.length > countMax) throw new InvalidArgumentError(`It must be at most ${countMax} numbers.`);
    return parts.map(parse);
  };
}

function wholeNumbersWithin(min: number, max: number): (text: string) => number[] {
  const parse = wholeNumberWithin(min, max);
  return (text) => list(text).map(parse);
}

function wholeNumberWithin(min: number, max: number): (text: string) => number {
  const parse = numberWithin(min, max);
  return (text) => {
    const value = parse(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError('It must be a whole number.');
  };
}

/** What of the tests is asked for: [--full | --all] [stage...] [--without stage...] */
import { allCommands, stages, tiers, withWhatTheyNeed } from './stages.mjs';

/** Says what is wrong with the arguments. */
export class UnknownStage extends Error {}

/** @param {readonly string[]} args */
export function commandsWanted(args) {
  const flags = args.filter((arg) => arg === '--full' || arg === '--all');
  const wantedTiers = flags.includes('--all') ? tiers : flags.includes('--full') ? ['full'] : ['quick'];
  const names = args.filter((arg) => !flags.includes(arg));
  const from = names.includes('--without') ? names.indexOf('--without') : names.length;
  const [named, without] = [names.slice(0, from), names.slice(from + 1)];
  const unknown = [...named, ...without].find((name) => !stages.includes(name));
  if (unknown !== undefined)
    throw new UnknownStage(`there is no stage '${unknown}'; the stages are ${stages.join(', ')}`);

  const ofTier = allCommands.filter(({ tier }) => wantedTiers.includes(tier));
  const isNamed = (/** @type {string} */ stage) => named.length === 0 || named.includes(stage);
  const wanted = ofTier.filter(({ stage }) => stage !== 'build' && isNamed(stage) && !without.includes(stage));
  // A stage that is asked for by its name runs, though this tier has nothing of it.
  const elsewhere = named.filter((name) => !without.includes(name) && !ofTier.some(({ stage }) => stage === name));
  return {
    commands: withWhatTheyNeed([...wanted, ...allCommands.filter(({ stage }) => elsewhere.includes(stage))]),
    elsewhere,
  };
}

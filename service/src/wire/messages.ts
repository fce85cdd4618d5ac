/** The generated protobuf module; nothing outside wire/ sees it. */
import protobuf from 'protobufjs/minimal.js';
import { simmer } from './generated/simmer.js';

export const {
  RenderRequest,
  RenderResponse,
  TakeRecipes,
  TakeRecipe,
  Interpolation,
  StartMode,
  FailureCode,
  GesturePhase,
} = simmer.v1;
export type RenderRequest = simmer.v1.RenderRequest;
export type FailureCode = simmer.v1.FailureCode;
export type Open = simmer.v1.Open.$Properties;
export type StartEpoch = simmer.v1.StartEpoch.$Properties;
export type ProcessBlock = simmer.v1.ProcessBlock.$Properties;
export type ParameterLane = simmer.v1.ParameterLane.$Properties;
export type Breakpoint = simmer.v1.Breakpoint.$Properties;
export type InstanceState = simmer.v1.InstanceState.$Properties;
export type MissedStretchMessage = simmer.v1.MissedStretch.$Properties;
export type ShimReport = simmer.v1.ShimReport.$Properties;
export type TakeRecipesMessage = simmer.v1.TakeRecipes.$Properties;
export type TakeRecipeMessage = simmer.v1.TakeRecipe.$Properties;
export type WireHeartbeat = simmer.v1.Heartbeat.$Properties;

/** Reads a message, and keeps nothing of fields that this version does not know: they would take far more room than they have. */
export function knownFieldsOf(bytes: Uint8Array): protobuf.Reader {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  return reader;
}

/** The version of the protocol that both sides must speak. */
export const protocolVersion = 2;

import type { FailureCode } from '../core/failure.js';
import { FailureCode as WireCode } from './messages.js';

/** Numbers of grpc status codes (google.rpc.Code), so that only rpc/ needs grpc-js. */
interface Status {
  readonly wire: WireCode;
  readonly grpc: number;
}

/** How a failure is reported to the other side. One table; the reason stands behind what is not evident. */
export const statusOfFailure: Readonly<Record<FailureCode, Status>> = {
  invalid: { wire: WireCode.FAILURE_CODE_INVALID, grpc: 3 },
  unauthenticated: { wire: WireCode.FAILURE_CODE_UNAUTHENTICATED, grpc: 16 },
  'model-missing': { wire: WireCode.FAILURE_CODE_MODEL_MISSING, grpc: 5 },
  // FAILED_PRECONDITION: trying again does not help until somebody repairs the folder.
  'model-damaged': { wire: WireCode.FAILURE_CODE_MODEL_DAMAGED, grpc: 9 },
  exhausted: { wire: WireCode.FAILURE_CODE_EXHAUSTED, grpc: 8 },
  unavailable: { wire: WireCode.FAILURE_CODE_UNAVAILABLE, grpc: 14 },
  internal: { wire: WireCode.FAILURE_CODE_INTERNAL, grpc: 13 },
  // Only shutting down cancels a stream from this side, and the plugin should come back then.
  cancelled: { wire: WireCode.FAILURE_CODE_UNAVAILABLE, grpc: 14 },
  // A wrong command line never reaches a stream.
  usage: { wire: WireCode.FAILURE_CODE_INTERNAL, grpc: 13 },
};

import type { SessionResponse } from '../core/events.js';
import { GesturePhase, protocolVersion, RenderResponse } from './messages.js';
import { statusOfFailure } from './status.js';

const phases = {
  begin: GesturePhase.GESTURE_PHASE_BEGIN,
  perform: GesturePhase.GESTURE_PHASE_PERFORM,
  end: GesturePhase.GESTURE_PHASE_END,
} as const;

/** The bytes of one response. */
export function encodeResponse(response: SessionResponse): Uint8Array {
  return RenderResponse.encode(toMessage(response)).finish();
}

function toMessage(response: SessionResponse): Parameters<typeof RenderResponse.encode>[0] {
  switch (response.type) {
    case 'opened': {
      const { type: _, temperature, labels, ...opened } = response;
      const [temperatureUsefulLow = 0, temperatureUsefulHigh = 0] = temperature?.useful ?? [];
      const range = { temperatureUsefulLow, temperatureUsefulHigh, temperatureDefault: temperature?.default ?? 0 };
      return {
        opened: {
          ...opened,
          ...range,
          protocolVersion,
          artists: [...labels.artists],
          genres: [...labels.genres],
        },
      };
    }
    case 'chunk': {
      const { epoch, startFrame, values, channelCount, gapFrameCount, revision, preludeRoot } = response;
      const frameCount = values.length / channelCount;
      const pcm = littleEndianBytes(values);
      const prelude = preludeRoot === undefined ? {} : { prelude: true, preludeRoot };
      return { chunk: { epoch, startFrame, frameCount, pcm, gapFrameCount, revision, ...prelude } };
    }
    case 'takes':
      return { takes: { recipe: response.recipe } };
    case 'edit': {
      const { sequence, parameterId, phase, value } = response;
      return { edit: { sequenceNumber: sequence, parameterId, phase: phases[phase], value } };
    }
    case 'progress': {
      const { epoch, renderedFrame, targetFrame } = response;
      return { progress: { epoch, renderedFrame, targetFrame } };
    }
    case 'failure': {
      const { code, message } = response.failure;
      return { failure: { code: statusOfFailure[code].wire, message, protocolVersion } };
    }
    case 'heartbeat': {
      const { sentNanos, echoedNanos } = response;
      return { heartbeat: { sentNanos, echoedNanos } };
    }
  }
}

/** float32 as the wire wants it. Every platform that Node and onnxruntime-node run on is little-endian. */
function littleEndianBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

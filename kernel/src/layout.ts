// Where things lie. `service/src/model/kernel/layout.ts` writes and reads the same places; test/kernel/layout.test.ts
// holds both to each other.

// The table of a model: i32 and f32 fields, at these offsets from its address.
export const tablePrecision: usize = 0; // 32 or 8
export const tableWidth: usize = 4; // D
export const tableHidden: usize = 8; // M
export const tablePullWeight: usize = 12; // f32
export const tablePullCurve: usize = 16; // f32: −1 / (2 width²)
export const tablePullDeepest: usize = 20; // f32
export const tableHistoryScale: usize = 24; // f32
export const tableTailFloor: usize = 28; // f32: what is less likely than so many times the likeliest is not drawn
// Addresses.
export const tableTopInput: usize = 32;
export const tableTopInputBias: usize = 36;
export const tableFrameInput: usize = 40;
export const tableHistory: usize = 44;
// Of each matrix with 8-bit rows three: weights, scales (0 in float32), bias.
export const tableTopRecurrent: usize = 48;
export const tableFrameCondition: usize = 60;
export const tableFrameRecurrent: usize = 72;
export const tableSampleCondition: usize = 84;
export const tableThird: usize = 96;
export const tableOutput: usize = 108;
export const tableGuideMix: usize = 120; // f32: the guide's share of what the top tier hears at strength 1

// One voice. First what the caller reads and writes, of fixed length; then the state; then room to work.
export const voiceTemperature: usize = 0; // f32 [64]
export const voiceUniform: usize = 256; // f32 [64]
export const voiceStrength: usize = 512; // f32 [64]
export const voiceGuide: usize = 768; // f32 [64]
export const voiceEntropy: usize = 1024; // f32 [64]
export const voiceSurprise: usize = 1280; // f32 [64]: bits of the bins that were forced
export const voiceForced: usize = 1536; // u8 [64]: bins to take instead of drawn ones
export const voiceDrawn: usize = 1600; // u8 [64]
export const voiceHistory: usize = 1664; // i32 [80]: the bins before the frame and of it
export const voiceRows: usize = 1984; // 16 addresses
export const voiceScale: usize = 2048; // f32: scale of the quantised vector
export const voiceSums: usize = 2064; // f32 [16]
export const voiceHeard: usize = 2128; // f32 [64]
export const voiceScores: usize = 2384; // f32 [256]
export const voiceWeights: usize = 3408; // f32 [256]
export const voiceState: usize = 4432; // f32 [2D + 192], as the port packs it

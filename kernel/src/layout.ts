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
export const tableGuideMix: usize = 120; // f32: the guide's share of what the top tier (under codes: the frame tier) hears at strength 1
// Of a model under codes; 0 in any other.
export const tableLevels: usize = 124; // L
export const tablePriorWidth: usize = 128; // W
export const tableEntered: usize = 132; // E
export const tableBands: usize = 136; // A
export const tableCodePullWeight: usize = 140; // f32
export const tableCodePullCurve: usize = 144; // f32: 1 / (2 width²)
export const tableCodePullDeepest: usize = 148; // f32
// Addresses; of tables of rows the scale of 16-bit values as well.
export const tableCodeRows: usize = 152;
export const tableCodeRowsScale: usize = 156; // f32
export const tablePlaces: usize = 160;
export const tableCodeTop: usize = 164;
export const tableCodeFrame: usize = 176;
export const tablePriorEntered: usize = 188;
export const tablePriorEnteredScale: usize = 192; // f32
export const tablePriorInput: usize = 196;
export const tablePriorRecurrent: usize = 208;
export const tableCodebooks: usize = 220;
export const tableLevelsAt: usize = 224; // 32 levels, of each what follows
export const levelEnter: usize = 0;
export const levelBefore: usize = 12;
export const levelBeforeScale: usize = 16; // f32
export const levelOut: usize = 20;
export const levelBytes: usize = 32;

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
export const voiceCodeUniform: usize = 4432; // f32 [64]: of the next row's levels; then, in a take's first row, of its own
export const voiceCodeTemperature: usize = 4688; // f32
export const voiceCodeStrength: usize = 4692; // f32: the guide's at the codes; 0 is none
export const voiceState: usize = 4704; // f32 [2D + 192], as the port packs it; under codes then [W], a guide's [A] and codes [3L]

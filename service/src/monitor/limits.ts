/** Every bound of the page's server, with its unit and its reason. Tests pass smaller ones. */
export interface MonitorLimits {
  /** At most ten views a second: enough for meters, and reading the sessions resets their peaks. */
  readonly snapshotIntervalMillis: number;
  /** What has not changed is said again after this long: a page takes two seconds without a word for a frozen service. */
  readonly aliveIntervalMillis: number;
  /** Takes are sent at most so often: the list of a long session is some hundred entries. */
  readonly takesIntervalMillis: number;
  /** Steps and pairs of peaks of one answer: a minute at 48 kHz, and a screen many times over. */
  readonly soundStepsMax: number;
  readonly peakPairsMax: number;
  readonly peakLevelMax: number;
  /** A request whose head or body does not arrive is dropped; together with the check interval within ten seconds. */
  readonly headersTimeoutMillis: number;
  readonly requestTimeoutMillis: number;
  readonly keepAliveTimeoutMillis: number;
  readonly connectionCheckIntervalMillis: number;
  readonly headerBytesMax: number;
  /** A browser opens six connections to a host; a person has a few pages open. */
  readonly connectionsMax: number;
  readonly feedClientsMax: number;
  /** A page's largest command; a larger frame is refused before it is buffered. */
  readonly clientMessageBytesMax: number;
  /** Commands of one page: a few knobs at sixty frames a second. One that sends more is dropped. */
  readonly commandsPerSecondMax: number;
  /** What may wait for one client. Above the largest greeting (all lanes of all sessions), far below harm. */
  readonly bufferedBytesMax: number;
  /** A client that has not answered the last ping when the next is due is dropped. */
  readonly pingIntervalMillis: number;
  readonly closeGraceMillis: number;
  /** Lane kept for pages that open later: sessions, passages of each, points of each curve after and before thinning. */
  readonly laneSessionsMax: number;
  readonly laneEpochsMax: number;
  readonly lanePointsKept: number;
  readonly lanePointsMax: number;
  /** The built page: a few files; anything larger is a mistake. */
  readonly pageFilesMax: number;
  readonly pageBytesMax: number;
}

export const monitorLimits: MonitorLimits = {
  snapshotIntervalMillis: 100,
  aliveIntervalMillis: 1_000,
  takesIntervalMillis: 250,
  soundStepsMax: 60 * 48_000,
  peakPairsMax: 65_536,
  peakLevelMax: 6,
  headersTimeoutMillis: 5_000,
  requestTimeoutMillis: 8_000,
  keepAliveTimeoutMillis: 5_000,
  connectionCheckIntervalMillis: 1_000,
  headerBytesMax: 8_192,
  connectionsMax: 64,
  feedClientsMax: 16,
  clientMessageBytesMax: 320 * 1024,
  commandsPerSecondMax: 500,
  bufferedBytesMax: 4 * 1024 * 1024,
  pingIntervalMillis: 10_000,
  closeGraceMillis: 500,
  laneSessionsMax: 32,
  laneEpochsMax: 3,
  lanePointsKept: 512,
  lanePointsMax: 1_024,
  pageFilesMax: 64,
  pageBytesMax: 8 * 1024 * 1024,
};

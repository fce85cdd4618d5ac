/**
 * What Ardour's Lua cannot make, put into the saved session: the session range, audio regions, and lanes. Times are
 * written as superclocks, of which a second has 282 240 000.
 *
 * Lua can add points to a lane, but on the beat grid: places are rounded to 1/1920 of a quarter note (12.5 frames at
 * 120 bpm and 48 kHz), and two points of a jump fall together. A lane in audio time keeps its frames.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeFloatWav } from '../wav-file.js';
import type { Drawn, SessionPlan, TrackPlan } from './plan.js';

const superclocksPerSecond = 282_240_000;
/** Ids that we give out begin here, above those of any session that a script makes. */
const firstId = 1_000_000;

export function completeSession(plan: SessionPlan): void {
  const path = join(plan.folder, `${plan.name}.ardour`);
  const edit = new SessionEdit(readFileSync(path, 'utf8'), plan);
  edit.addRange();
  for (const track of plan.tracks) {
    if (track.audio !== undefined) edit.addRegion(track, track.audio);
    for (const { name, lanes = [] } of track.plugins ?? []) {
      for (const [parameter, points] of lanes) edit.drawLane(track.name, name, parameter, points);
    }
  }
  writeFileSync(path, edit.finish());
}

class SessionEdit {
  readonly #plan: SessionPlan;
  #xml: string;
  #nextId = firstId;
  #sources = '';
  #regions = '';

  constructor(xml: string, plan: SessionPlan) {
    this.#xml = xml;
    this.#plan = plan;
  }

  addRange(): void {
    const { startFrame = 0, endFrame } = this.#plan;
    const attributes = `name="session" start="${this.#time(startFrame)}" end="${this.#time(endFrame)}"`;
    const location = `<Location id="${this.#id()}" ${attributes} flags="IsSessionRange" locked="0" timestamp="1" cue="0"/>`;
    this.#replace(/<Locations\s*\/>|<Locations>/, (found) =>
      found.includes('/') ? `<Locations>${location}</Locations>` : `<Locations>${location}`,
    );
  }

  /** Writes the audio as two mono files (a stereo track's sources are mono) and puts a region of them at frame 0. */
  addRegion({ name }: TrackPlan, audio: Float32Array): void {
    const { folder, sampleRateHz } = this.#plan;
    const files = join(folder, 'interchange', basename(folder), 'audiofiles');
    mkdirSync(files, { recursive: true });
    const sources = ['L', 'R'].map((channel) => {
      const file = `${name}-audio%${channel}.wav`;
      writeFloatWav(join(files, file), sampleRateHz, [audio]);
      const id = this.#id();
      this.#sources += `<Source name="${file}" type="audio" flags="CanRename" id="${id}" take-id="" natural-position="a0" have-natural-position="1" channel="0" origin="" gain="1"/>\n`;
      return id;
    });
    this.#regions += this.#region(`${name}-audio`, audio.length, sources, 1);
    const placed = this.#region(`${name}-audio.1`, audio.length, sources, 0);
    const playlist = new RegExp(`(<Playlist [^>]*name="${escapePattern(name)}(?:\\.1)?"[^>]*?)/>`);
    this.#replace(playlist, (_found, opening) => `${opening}>\n${placed}</Playlist>`);
  }

  /** Draws a lane of a plugin and lets it play. Values are in the parameter's own unit. */
  drawLane(track: string, plugin: string, parameter: number, points: readonly Drawn[]): void {
    const events = points.map(({ frame, value }) => `${this.#time(frame)} ${value}\n`).join('');
    const route = new RegExp(`<Route [^>]*name="${escapePattern(track)}"[\\s\\S]*?</Route>`);
    const processor = new RegExp(`<Processor [^>]*name="${escapePattern(plugin)}"[\\s\\S]*?</Automation>`);
    const list = new RegExp(`<AutomationList automation-id="parameter-${parameter}" id="(\\d+)"[^>]*?/>`);
    const drawn = (id: string) =>
      `<AutomationList automation-id="parameter-${parameter}" id="${id}" interpolation-style="Linear" time-domain="AudioTime" state="Play"><events>${events}</events></AutomationList>`;
    this.#replace(route, (routeXml) =>
      replaceOnce(routeXml, processor, (processorXml) =>
        replaceOnce(processorXml, list, (_found, id) => drawn(id ?? '')),
      ),
    );
  }

  finish(): string {
    if (this.#sources !== '') {
      this.#replace(/<Sources\s*\/>/, () => `<Sources>\n${this.#sources}</Sources>`);
      this.#replace(/<Regions\s*\/>/, () => `<Regions>\n${this.#regions}</Regions>`);
    }
    this.#replace(/id-counter="\d+"/, () => `id-counter="${this.#nextId + 1}"`);
    return this.#xml;
  }

  #region(name: string, frames: number, sources: readonly number[], whole: 0 | 1): string {
    const [left, right] = sources;
    // `ancestral-length` is a length with a position; a bare time makes Ardour refuse the whole session.
    return `<Region name="${name}" muted="0" opaque="1" locked="0" video-locked="0" automatic="0" whole-file="${whole}" import="0" external="0" sync-marked="0" left-of-split="0" right-of-split="0" hidden="0" position-locked="0" valid-transients="0" start="a0" length="${this.#time(frames)}@a0" sync-position="a0" ancestral-start="a0" ancestral-length="a0@a0" stretch="1" shift="1" layering-index="0" tags="" contents="0" envelope-active="0" default-fade-in="0" default-fade-out="0" fade-in-active="0" fade-out-active="0" scale-amplitude="1" id="${this.#id()}" type="audio" first-edit="nothing" source-0="${left}" source-1="${right}" master-source-0="${left}" master-source-1="${right}" channels="2"><Envelope default="yes"/><FadeIn default="yes"/><FadeOut default="yes"/></Region>\n`;
  }

  #time(frame: number): string {
    return `a${Math.round((frame * superclocksPerSecond) / this.#plan.sampleRateHz)}`;
  }

  #id(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  #replace(pattern: RegExp, by: (...found: string[]) => string): void {
    this.#xml = replaceOnce(this.#xml, pattern, by);
  }
}

function replaceOnce(xml: string, pattern: RegExp, by: (...found: string[]) => string): string {
  if (!pattern.test(xml)) throw new Error(`The session has no ${pattern}: Ardour's format is not the one we know.`);
  return xml.replace(pattern, by);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

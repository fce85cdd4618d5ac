//! Reads scenarios, and refuses what means nothing.

use super::{Blocks, Kind, NamedPace, Pace, Scenario, Segment};
use serde::Deserialize;

/// Frames a segment may have: three hours at 48 kHz, what a WAV file holds. Its audio is held in memory.
const FRAMES_MAX: usize = (u32::MAX as usize - 36) / 8;
/// How far from the song's start a position may be, in frames: as far as a number of JSON is exact. No sum of such
/// positions and block sizes overflows. (What a plugin does beyond is in `tests/conformance.rs`.)
const SONG_FRAME_MAX: i64 = 1 << 53;
/// Frames a block may have.
const BLOCK_FRAMES_MAX: usize = 1 << 20;

impl Scenario {
    /// Reads one scenario, or `{"instances": [scenario, …]}`.
    pub fn read(text: &str) -> Result<Vec<Scenario>, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Many {
            instances: Vec<Scenario>,
        }
        let value: serde_json::Value = serde_json::from_str(text).map_err(|why| format!("no JSON: {why}"))?;
        let scenarios = if value.get("instances").is_some() {
            serde_json::from_str::<Many>(text).map(|many| many.instances)
        } else {
            serde_json::from_str::<Scenario>(text).map(|one| vec![one])
        };
        let scenarios = scenarios.map_err(|why| format!("no scenario: {why}"))?;
        if scenarios.is_empty() {
            return Err("no scenario: there are no instances".to_owned());
        }
        for (index, scenario) in scenarios.iter().enumerate() {
            scenario.validate().map_err(|why| format!("instance {index}: {why}"))?;
        }
        Ok(scenarios)
    }

    fn validate(&self) -> Result<(), String> {
        is_rate(self.sample_rate)?;
        is_block(self.block_frames_max)?;
        if !(self.tempo_bpm.is_finite() && self.tempo_bpm > 0.0) {
            return Err(format!("a tempo of {} bpm", self.tempo_bpm));
        }
        if let Some((numerator, denominator)) = self.signature
            && ![numerator, denominator].iter().all(|number| (1..=256).contains(number))
        {
            return Err(format!("a signature of {numerator}/{denominator}"));
        }
        if self.segments.is_empty() {
            return Err("there are no segments".to_owned());
        }
        for (index, segment) in self.segments.iter().enumerate() {
            segment.validate(self).map_err(|why| format!("segment {index} ({}): {why}", segment.title(index)))?;
        }
        Ok(())
    }
}

impl Segment {
    fn validate(&self, scenario: &Scenario) -> Result<(), String> {
        is_rate(self.sample_rate.unwrap_or(scenario.sample_rate))?;
        let announced = self.block_frames_max.unwrap_or(scenario.block_frames_max);
        is_block(announced)?;
        match self.blocks.as_ref() {
            None => {}
            Some(Blocks::Fixed(frames)) => is_block(*frames)?,
            Some(Blocks::Cycled(list)) if list.is_empty() => return Err("an empty list of block sizes".to_owned()),
            Some(Blocks::Cycled(list)) => list.iter().try_for_each(|frames| is_block(*frames))?,
            Some(Blocks::Random { max, .. }) => is_block(max.unwrap_or(announced))?,
        }
        if self.frame_count > FRAMES_MAX {
            return Err(format!("{} frames are more than {FRAMES_MAX}", self.frame_count));
        }
        if self.frame_count == 0 && self.until_status.is_none() {
            return Err("frameCount must not be 0".to_owned());
        }
        if self.until_status.is_some() && self.kind != Kind::Stop {
            return Err("untilStatus is for segments of kind \"stop\"".to_owned());
        }
        if self.until_file.is_some() && self.pace() == Pace::Named(NamedPace::Fast) {
            return Err("untilFile is for segments that are paced by the clock".to_owned());
        }
        let points = self.lanes().flat_map(|lane| &lane.points).map(|point| point.frame);
        let ends = self.cycle.iter().flat_map(|cycle| [cycle.start, cycle.end]);
        let automated = self.automation.iter().map(|point| point.frame);
        [self.from_frame].into_iter().chain(ends).chain(points).chain(automated).try_for_each(is_position)?;
        if let Some(cycle) = self.cycle
            && cycle.end <= cycle.start
        {
            return Err(format!("a loop from {} to {}", cycle.start, cycle.end));
        }
        for lane in self.lanes() {
            if lane.points.is_empty() {
                return Err("a lane without points".to_owned());
            }
            if !lane.points.is_sorted_by_key(|point| point.frame) {
                return Err("the frames of the lane's points must rise".to_owned());
            }
        }
        if let Some(name) = &self.name
            && (name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)))
        {
            return Err("a name is letters, digits, - and _".to_owned());
        }
        Ok(())
    }
}

fn is_rate(hz: f64) -> Result<(), String> {
    if hz.is_finite() && hz > 0.0 { Ok(()) } else { Err(format!("a sample rate of {hz} Hz")) }
}

fn is_position(frame: i64) -> Result<(), String> {
    let is_near = (-SONG_FRAME_MAX..=SONG_FRAME_MAX).contains(&frame);
    if is_near { Ok(()) } else { Err(format!("song frame {frame} is beyond ±{SONG_FRAME_MAX}")) }
}

fn is_block(frames: usize) -> Result<(), String> {
    if (1..=BLOCK_FRAMES_MAX).contains(&frames) { Ok(()) } else { Err(format!("a block of {frames} frames")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::scenario::{CallThread, ReportedMode};

    fn refusal(text: &str) -> String {
        Scenario::read(text).expect_err("it is refused")
    }

    #[test]
    fn what_is_left_out_is_as_the_kind_says() {
        let text = r#"{"segments": [{"kind": "bounce", "frameCount": 8192}, {"kind": "play", "frameCount": 1}]}"#;
        let [scenario] = &Scenario::read(text).expect("it is read")[..] else { panic!("one scenario") };
        let [bounce, play] = &scenario.segments[..] else { panic!("two segments") };
        assert_eq!((bounce.thread(), play.thread()), (CallThread::Setup, CallThread::Another));
        assert_eq!(bounce.pace(), Pace::Named(NamedPace::Fast));
        assert_eq!((bounce.setup_mode(), bounce.call_mode()), (ReportedMode::Realtime, ReportedMode::Realtime));
        assert!(bounce.set_up_again() && !play.set_up_again());
    }

    #[test]
    fn both_signals_can_be_told_apart() {
        let text = r#"{"segments": [{"kind": "play", "frameCount": 9, "setupMode": "offline", "pace": {"aheadMillis": 5},
            "blocks": {"random": 3, "max": 77}}]}"#;
        let scenarios = Scenario::read(text).expect("it is read");
        let segment = &scenarios[0].segments[0];
        assert_eq!((segment.setup_mode(), segment.call_mode()), (ReportedMode::Offline, ReportedMode::Realtime));
        assert_eq!(segment.pace(), Pace::Ahead { ahead_millis: 5 });
        assert_eq!(segment.blocks(512).longest(512), 77);
    }

    #[test]
    fn a_scenario_that_means_nothing_is_refused_with_the_reason() {
        for (text, reason) in [
            ("{", "no JSON"),
            ("{}", "segments"),
            (r#"{"instances": []}"#, "no instances"),
            (r#"{"segments": []}"#, "no segments"),
            (r#"{"segments": [{"kind": "dance", "frameCount": 1}]}"#, "dance"),
            (r#"{"segments": [{"kind": "play"}]}"#, "frameCount"),
            (r#"{"segments": [{"kind": "play", "frameCount": -1}]}"#, "-1"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "tempo": 3}]}"#, "tempo"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "blocks": 0}]}"#, "block of 0"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "blocks": []}]}"#, "empty list"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "blocks": "big"}]}"#, "blocks are"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "pace": "slow"}]}"#, "a pace is"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "lane": {"points": []}}]}"#, "without points"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "name": "../x"}]}"#, "a name is"),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1, "loop": {"start": 5, "end": 5, "wrap": "split"}}]}"#,
                "a loop",
            ),
            (r#"{"segments": [{"kind": "bounce", "frameCount": 1, "untilFile": "x"}]}"#, "untilFile is for"),
            (r#"{"segments": [{"kind": "play", "frameCount": 536870908}]}"#, "are more than 536870907"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "fromFrame": 9223372036854775807}]}"#, "is beyond"),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1,
                    "loop": {"start": -9223372036854775808, "end": 0, "wrap": "inside"}}]}"#,
                "is beyond",
            ),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1,
                    "lane": {"points": [{"frame": 9007199254740993, "value": 1}]}}]}"#,
                "song frame 9007199254740993 is beyond",
            ),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1,
                    "automation": [{"frame": -9007199254740993, "parameter": "Take", "value": 1}]}]}"#,
                "is beyond",
            ),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1,
                    "lane": {"points": [{"frame": 5, "value": 1}, {"frame": 4, "value": 1}]}}]}"#,
                "must rise",
            ),
        ] {
            let refused = refusal(text);
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}

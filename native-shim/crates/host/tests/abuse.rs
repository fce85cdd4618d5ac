//! What hosts do wrong, in the middle of what they do right: the audio around it stays as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod support;

use simmer_fake_service::formula;
use simmer_host::{Block, Mode, Plugin, Position};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::*;
use vst3::ComPtr;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;

const STATUS: u32 = 8;
const MISSED_FRAMES: u32 = 9;
/// Frames in which what was heard before a cut may fade (simmer-core's DECLICK_FRAMES).
const FADE_FRAMES: usize = 64;

fn assert_is(audio: &[f32], frames: impl Iterator<Item = i64>) {
    for (value, frame) in audio.iter().zip(frames) {
        let wanted = if frame < 0 { 0.0 } else { formula(1, frame) + 0.1 };
        assert!((value - wanted).abs() < 2e-6, "frame {frame}: {value} instead of {wanted}");
    }
}

fn is_finite(plugin: &Plugin, frame_count: usize) -> bool {
    plugin.output.iter().all(|channel| channel[..frame_count].iter().all(|value| value.is_finite()))
}

#[test]
fn calls_that_say_nothing_do_not_disturb_a_render() {
    let stage = Stage::new("nothing");
    let _service = stage.service(|_| {});
    on_audio_thread(offline_plugin(), |mut plugin| {
        let mut frame = 0;
        for round in 0..200 {
            let count = [512, 1, 8192, 77][round % 4];
            let block = Block::playing(frame, count).offline();
            match round % 6 {
                0 => drop(plugin.process(&Block { frame_count: 0, ..block.clone() }).to_vec()),
                1 => {
                    let empty = Block { frame_count: 0, null_inputs: true, null_outputs: true, ..block.clone() };
                    plugin.prepare(&empty);
                    plugin.call(&empty);
                }
                2 | 3 => {
                    let position = [Position::Missing, Position::Blank][round % 2];
                    let heard = plugin.process(&Block::at(position, FADE_FRAMES + 64).offline());
                    assert_eq!(heard[FADE_FRAMES..], [0.0; 64], "nothing plays");
                }
                _ => {}
            }
            let spoilt = Block {
                null_inputs: round % 3 == 1,
                null_channels: round % 8 == 5,
                null_outputs: round % 8 == 7,
                with_sidechain: round % 2 == 0,
                ..block
            };
            plugin.prepare(&spoilt);
            plugin.call(&spoilt);
            if !spoilt.null_channels && !spoilt.null_outputs {
                // After a call that was not of this place the passage begins anew, here.
                assert_is(&plugin.output[0][..count], frame..);
                assert_eq!(plugin.output[0][..count], plugin.output[1][..count]);
            }
            frame += count as i64;
        }
    });
}

#[test]
fn a_loop_that_ends_inside_a_call_goes_on_at_its_start() {
    let stage = Stage::new("inside");
    let _service = stage.service(|behaviour| behaviour.prelude_frames = 9600);
    // A block longer than the loop holds it several times.
    for (start, end, count) in [(4096i64, 9000i64, 512usize), (1000, 3000, 2048), (100, 1124, 4096)] {
        on_audio_thread(realtime_plugin(), move |mut plugin| {
            let first = start - 50;
            let wrapped = |frame: i64| if frame < end { frame } else { start + (frame - end) % (end - start) };
            stand_until(&mut plugin, first, |plugin| plugin.reported(STATUS).is_some_and(|status| status > 0.3));
            let (started, mut frame) = (Instant::now(), first);
            let (mut missed, mut missed_before, mut checked_after_wrap) = (0.0, true, 0);
            for _ in 0..40 {
                let block = Block { cycle: Some((start, end)), ..Block::playing(wrapped(frame), count) };
                let heard = plugin.process(&block).to_vec();
                let missed_now = plugin.reported(MISSED_FRAMES).unwrap_or(missed);
                let misses = missed_now > missed;
                missed = missed_now;
                // A call in which audio was missing fades, and the one after it may fade in. What is there is checked:
                // gaps are silence, never another place.
                for (value, at) in heard.iter().zip(frame..).filter(|_| !misses && !missed_before) {
                    let since_wrap = if at < end { FADE_FRAMES as i64 } else { (at - end) % (end - start) };
                    if since_wrap >= FADE_FRAMES as i64 {
                        // Played, not offline: the test service leaves the lane out.
                        let wanted = formula(1, wrapped(at));
                        assert!((value - wanted).abs() < 2e-6, "frame {at} of {start}..{end}: {value}, not {wanted}");
                        checked_after_wrap += usize::from(at >= end);
                    }
                }
                missed_before = misses;
                frame += count as i64;
                let due = Duration::from_secs_f64((frame - first) as f64 / 48_000.0);
                std::thread::sleep(due.saturating_sub(started.elapsed()));
            }
            // Where each call wraps, each begins an epoch or more, and not all of it can be there.
            let is_longer_than_a_call = end - start > count as i64;
            assert!(checked_after_wrap > 0 || !is_longer_than_a_call, "nothing was heard behind the first wrap");
        });
    }
}

#[test]
fn a_loop_that_is_told_while_a_range_is_rendered_is_not_followed() {
    let stage = Stage::new("range");
    let _service = stage.service(|_| {});
    on_audio_thread(offline_plugin(), |mut plugin| {
        for k in 0..30 {
            let block = Block { cycle: Some((4096, 9000)), ..Block::playing(k * 512, 512).offline() };
            assert_is(plugin.process(&block), k * 512..);
        }
    });
}

#[test]
fn loops_that_are_none_are_borne() {
    let stage = Stage::new("loops");
    let _service = stage.service(|_| {});
    on_audio_thread(offline_plugin(), |mut plugin| {
        for (k, (start, end)) in
            [(5, 5), (9, 4), (0, 1), (-100, 100), (i64::MIN, i64::MAX), (100, 100 + 3), (1 << 60, 1 << 61)]
                .into_iter()
                .cycle()
                .take(70)
                .enumerate()
        {
            let block = Block { cycle: Some((start, end)), ..Block::playing(k as i64 * 512, 512).offline() };
            plugin.process(&block);
            assert!(is_finite(&plugin, 512), "{start} {end}");
            plugin.tempo = [120.0, 0.0, f64::NAN, 1e-300, f64::INFINITY, -5.0][k % 6];
        }
        plugin.tempo = 120.0;
        assert_is(plugin.process(&Block::playing(1_000_000, 512).offline()), 1_000_000..);
    });
}

#[test]
fn a_host_that_says_offline_and_plays_hears_all_of_it() {
    let stage = Stage::new("offline-lie");
    let _service = stage.service(|_| {});
    for in_setup in [true, false] {
        let plugin = if in_setup { offline_plugin() } else { realtime_plugin() };
        on_audio_thread(plugin, move |mut plugin| {
            for k in 0..50 {
                let block = Block::playing(k * 480, 480);
                let block = if in_setup { block } else { block.offline() };
                assert_is(plugin.process(&block), k * 480..);
                std::thread::sleep(Duration::from_millis(10));
            }
        });
    }
}

#[test]
fn a_host_that_says_realtime_and_renders_hears_all_of_it_from_where_it_is_seen() {
    let stage = Stage::new("realtime-lie");
    let service = stage.service(|_| {});
    // On the thread that set up: from the first frame on.
    let mut plugin = realtime_plugin();
    (0..100).for_each(|k| assert_is(plugin.process(&Block::playing(k * 512, 512)), k * 512..));
    drop(plugin);
    // On another: what is there is of its place, and from some block on all of it is.
    on_audio_thread(realtime_plugin(), |mut plugin| {
        let heard: Vec<Vec<f32>> = (0..300).map(|k| plugin.process(&Block::playing(k * 512, 512)).to_vec()).collect();
        let first_whole = (0..300).rev().take_while(|k| heard[*k].iter().all(|value| *value != 0.0)).last();
        let from = first_whole.expect("the end is heard");
        assert!(from < 200, "whole from block {from} on");
        // The first of them fades in.
        (from + 1..300).for_each(|k| assert_is(&heard[k], k as i64 * 512..));
    });
    assert!(service.seen().starts.last().unwrap().offline);
}

#[test]
fn a_host_that_changes_its_mind_in_every_call_crashes_nothing() {
    let stage = Stage::new("mind");
    let _service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), |mut plugin| {
        for k in 0..300i64 {
            let mut block = Block::playing(k * 256, 256);
            block.mode = [0, 2, 1, 0, 7, -1][k as usize % 6];
            plugin.process(&block);
            assert!(is_finite(&plugin, 256));
            if block.mode == 2 {
                assert_is(&plugin.output[0][128..256], k * 256 + 128..);
            }
        }
    });
}

#[test]
fn a_state_is_taken_whole_or_not_at_all_whatever_is_cut_or_changed() {
    let stage = Stage::new("cut");
    let service = stage.service(|behaviour| behaviour.takes = (0..200).collect());
    let (mut plugin, saved) = on_audio_thread(realtime_plugin(), |mut plugin| {
        let empty = plugin.state().len();
        let mut frame = 0;
        while plugin.state().len() < empty + 200 {
            assert!(frame < 48_000 * 600, "the recipe comes with the first epoch");
            plugin.process(&Block::playing(frame, 512).offline());
            frame += 512;
        }
        let saved = plugin.state();
        (plugin, saved)
    });
    // Nobody sends another recipe from here on.
    drop(service);
    for length in 0..saved.len() {
        assert!(!plugin.load(&saved[..length]), "cut to {length}");
    }
    assert_eq!(plugin.state(), saved);
    let mut taken = 0;
    for index in 0..saved.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut spoilt = saved.clone();
            spoilt[index] ^= flip;
            let before = plugin.state();
            if plugin.load(&spoilt) {
                taken += 1;
                let again = plugin.state();
                assert!(plugin.load(&again), "what it saves it takes: byte {index}, {flip:#x}");
            } else {
                assert_eq!(plugin.state(), before, "byte {index}, {flip:#x}");
            }
        }
    }
    assert!(taken > 0, "a changed digit is a state");
    assert!(plugin.load(&saved));
    assert_eq!(plugin.state(), saved);
    // It is still an instance that plays.
    let _service = stage.service(|_| {});
    let audio = plugin.process(&Block::playing(1_000_000, 512).offline()).to_vec();
    assert_is(&audio, 1_000_000..);
}

/// A host's pointer in another of its threads.
struct Elsewhere<T>(T);

// SAFETY: VST3 objects may be called from other threads by their rules; this test breaks the rules on purpose, and the
// plugin says that it holds hosts to them.
unsafe impl<T> Send for Elsewhere<T> {}

#[test]
fn a_host_that_sets_up_activates_and_saves_while_it_processes_crashes_nothing() {
    let stage = Stage::new("at-once");
    let _service = stage.service(|_| {});
    let plugin = realtime_plugin();
    let component: ComPtr<IComponent> = plugin.component().clone();
    let processor: ComPtr<IAudioProcessor> = plugin.processor().clone();
    let objects = Elsewhere((component, processor));
    let goes_on = AtomicBool::new(true);
    let goes_on = &goes_on;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let objects = objects;
            let Elsewhere((component, processor)) = &objects;
            for round in 0..300 {
                let rate = [48_000.0, 44_100.0][round % 2];
                let mut setup = ProcessSetup {
                    processMode: (round % 3) as i32,
                    symbolicSampleSize: 0,
                    maxSamplesPerBlock: 512,
                    sampleRate: rate,
                };
                // SAFETY: the plugin's own objects, and a setup that outlives the call.
                unsafe {
                    processor.setupProcessing(&mut setup);
                    component.setActive(i8::from(round % 2 == 0) as TBool);
                }
            }
            goes_on.store(false, Ordering::Relaxed);
        });
        scope.spawn(move || {
            let mut plugin = plugin;
            let mut frame = 0;
            while goes_on.load(Ordering::Relaxed) {
                plugin.process(&Block::playing(frame, 128));
                assert!(is_finite(&plugin, 128));
                let state = plugin.state();
                assert!(plugin.load(&state));
                frame += 128;
            }
            // Set up by the rules again, it plays.
            plugin.stop();
            plugin.start(Mode::Offline, 48_000.0, 512);
            assert_is(plugin.process(&Block::playing(512, 512).offline()), 512..);
        });
    });
}

#[test]
fn calls_after_the_end_are_refused() {
    let stage = Stage::new("after");
    let _service = stage.service(|_| {});
    let mut plugin = offline_plugin();
    assert_is(plugin.process(&Block::playing(0, 512).offline()), 0..);
    let (component, processor) = (plugin.component().clone(), plugin.processor().clone());
    let state = plugin.state();
    // SAFETY: the plugin's own objects, in an order that VST3 forbids.
    unsafe {
        component.terminate();
        component.terminate();
        assert_eq!(plugin.process(&Block::playing(512, 512).offline()), [0.0; 512]);
        assert_ne!(plugin.last_result, kResultOk);
        assert_ne!(component.setActive(1), kResultOk);
        assert_eq!(plugin.state(), state, "what it was can still be saved");
        assert!(plugin.load(&state));
        // A host that goes on with it after all.
        assert_eq!(component.initialize(std::ptr::null_mut()), kResultOk);
        let mut setup =
            ProcessSetup { processMode: 2, symbolicSampleSize: 0, maxSamplesPerBlock: 512, sampleRate: 48_000.0 };
        assert_eq!(processor.setupProcessing(&mut setup), kResultOk);
        assert_eq!(component.setActive(1), kResultOk);
    }
    assert_is(plugin.process(&Block::playing(512, 512).offline()), 512..);
    assert_ne!(plugin.reported(STATUS), Some(0.0));
}

/// In a file of its own it would be counted alone; here the other tests' threads wait their turn and stay as many.
#[cfg(target_os = "linux")]
#[test]
fn an_instance_that_is_released_without_its_end_ends_all_the_same() {
    let stage = Stage::new("dropped");
    let _service = stage.service(|_| {});
    let links = || census::take().threads;
    let before = links();
    for _ in 0..20 {
        let factory = MODULE.factory();
        // SAFETY: the plugin's own objects; places to fill.
        unsafe {
            let mut info: PClassInfo = std::mem::zeroed();
            assert_eq!(factory.getClassInfo(0, &mut info), kResultOk);
            let mut object = std::ptr::null_mut();
            assert_eq!(factory.createInstance(info.cid.as_ptr(), IComponent_iid.as_ptr(), &mut object), kResultOk);
            let component = ComPtr::from_raw(object.cast::<IComponent>()).unwrap();
            let processor = component.cast::<IAudioProcessor>().unwrap();
            let mut setup =
                ProcessSetup { processMode: 0, symbolicSampleSize: 0, maxSamplesPerBlock: 64, sampleRate: 48_000.0 };
            assert_eq!(processor.setupProcessing(&mut setup), kResultOk);
            assert_eq!(component.setActive(1), kResultOk);
        }
    }
    // The service's own threads come and go; twenty links would stay.
    let started = Instant::now();
    while links() > before + 10 {
        assert!(started.elapsed() < Duration::from_secs(10), "{before} threads became {}", links());
        std::thread::sleep(Duration::from_millis(20));
    }
}

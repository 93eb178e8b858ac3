//! What passes by itself is measured by how long it was tried, and one outage is told once.

use super::*;

/// Nothing answers from now on; it fails in this way.
fn nothing_answers(bench: &Bench, fault: &Fault) {
    let faults = bench.practice.pair.faults();
    faults.clear();
    for side in [Side::Shopify, Side::Visma] {
        faults.add(FaultRule::next(side, fault.clone()).times(u32::MAX));
    }
}

/// What passes by itself is measured by how long it was tried: the night in which the lid was shut was no outage.
#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_that_wakes_without_a_network_calls_nobody() {
    let bench = month().await;
    caught_up(api(&bench)).await;
    api(&bench).notices().expect("readable");
    nothing_answers(&bench, &Fault::Cut { committed: false });
    // The network went first, then the lid was shut.
    for _ in 0..8 {
        bench.clock.advance(MINUTE);
        caught_up(api(&bench)).await;
    }
    for night in 0..2 {
        bench.clock.advance(Duration::from_hours(11));
        for minute in 0..40 {
            caught_up(api(&bench)).await;
            let pulse = api(&bench).pulse().expect("readable");
            assert!(
                !matches!(pulse.health, Health::Stopped { passing: false, .. }),
                "night {night}, minute {minute}: {pulse:?}"
            );
            assert_eq!(api(&bench).notices().expect("readable"), []);
            bench.clock.advance(MINUTE);
        }
    }
}

/// One outage is one notification: however many lanes meet it, each at its own time, and whatever each try meets.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_many_faces_is_told_once() {
    let bench = month().await;
    caught_up(api(&bench)).await;
    api(&bench).notices().expect("readable");
    let status = |code| Fault::Status {
        code,
        committed: false,
    };
    let faces = [status(503), Fault::Cut { committed: false }, status(500)];
    let mut told = Vec::new();
    for step in 0..(20 * 12) {
        nothing_answers(&bench, &faces[step % faces.len()]);
        bench.clock.advance(Duration::from_mins(5));
        caught_up(api(&bench)).await;
        told.extend(api(&bench).notices().expect("readable"));
    }
    let settings = bench.practice.engine.settings().expect("readable");
    for lane in bench.practice.engine.lanes_on(&settings).iter() {
        let state = bench.practice.engine.lane(lane).expect("readable");
        assert!(state.expect("ran").failures > 3, "{lane:?}");
    }
    assert!(matches!(told[..], [Notice::Stopped { .. }]), "{told:?}");

    // It is over; the next one is another.
    bench.practice.pair.faults().clear();
    for _ in 0..6 {
        bench.clock.advance(Duration::from_mins(5));
        caught_up(api(&bench)).await;
    }
    let stopped = |told: &[Notice]| {
        let is_stop = |notice: &&Notice| {
            matches!(notice, Notice::Stopped { .. } | Notice::FlowStopped { .. })
        };
        told.iter().filter(is_stop).count()
    };
    assert_eq!(stopped(&api(&bench).notices().expect("readable")), 0);
    nothing_answers(&bench, &status(503));
    let mut told = Vec::new();
    for _ in 0..(8 * 12) {
        bench.clock.advance(Duration::from_mins(5));
        caught_up(api(&bench)).await;
        told.extend(api(&bench).notices().expect("readable"));
    }
    assert_eq!(stopped(&told), 1, "{told:?}");
}

//! A thread of its own for process calls.

/// Runs an audio thread on a player, and gives it back.
pub fn on_audio_thread<P: Send, T: Send>(player: P, body: impl FnOnce(&mut P) -> T + Send) -> (P, T) {
    simmer_host_kit::on_audio_thread(player, |mut player| {
        let result = body(&mut player);
        (player, result)
    })
}

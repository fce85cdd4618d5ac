//! Runs the fake service in the runtime folder until its standard input ends. For trying a host by hand.

fn main() -> std::io::Result<()> {
    let folder = simmer_link::runtime_folder().ok_or_else(|| std::io::Error::other("no runtime folder"))?;
    let service = simmer_fake_service::FakeService::start(&folder, simmer_fake_service::Behaviour::default())?;
    println!("serving in {}", folder.display());
    std::io::stdin().lines().for_each(drop);
    let seen = service.seen();
    println!("{} starts: {:?}", seen.starts.len(), seen.starts);
    for block in seen.blocks.iter().take(40) {
        let temperature = simmer_fake_service::temperature_of(block);
        println!(
            "epoch {} block {}+{} playing {} T {} {:?} guide {} bytes",
            block.epoch,
            block.start_frame,
            block.frame_count,
            block.playing,
            temperature.value_at_start,
            temperature.points.iter().map(|p| (p.offset_frames, p.value)).collect::<Vec<_>>(),
            block.guide.len()
        );
    }
    println!("{} blocks, last report {:?}", seen.blocks.len(), seen.reports.last());
    Ok(())
}

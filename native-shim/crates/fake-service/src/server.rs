//! The service itself: one thread, one loopback port, one discovery file.

use crate::behaviour::Behaviour;
use crate::seen::{Inner, Seen};
use crate::stream::Stream;
use simmer_link::wire::render_service_server::{RenderService, RenderServiceServer};
use simmer_link::wire::{RenderRequest, RenderResponse};
use simmer_link::{Role, prove, verify};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::{Status, Streaming};

/// Ends when dropped; its file goes with it.
pub struct FakeService {
    inner: Arc<Inner>,
    folder: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl FakeService {
    /// Starts in that runtime folder.
    pub fn start(folder: &Path, behaviour: Behaviour) -> std::io::Result<FakeService> {
        let token = "fake-token-".to_owned() + &simmer_link::nonce().unwrap_or_default();
        let inner = Arc::new(Inner { behaviour: Mutex::new(behaviour), seen: Mutex::default(), token: token.clone() });
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let served = inner.clone();
        let thread = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                let Ok(listener) = TcpListener::bind("127.0.0.1:0").await else { return };
                let _ = ready.send(listener.local_addr());
                let service = RenderServiceServer::new(Service(served));
                let serving = tonic::transport::Server::builder()
                    .add_service(service)
                    .serve_with_incoming(TcpListenerStream::new(listener));
                tokio::select! {
                    _ = serving => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        let address = is_ready.recv().map_err(std::io::Error::other)??;
        let json = format!(r#"{{"version":1,"pid":{},"grpc":"{address}","token":"{token}"}}"#, std::process::id());
        write_private(folder, &json)?;
        Ok(FakeService { inner, folder: folder.to_owned(), stop: Some(stop), thread: Some(thread) })
    }

    pub fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.inner.behaviour.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn seen(&self) -> Seen {
        self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FakeService {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.folder.join("service.json"));
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_private(folder: &Path, json: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let (fresh, path) = (folder.join("service.json.new"), folder.join("service.json"));
    std::fs::write(&fresh, json)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o600))?;
    }
    std::fs::rename(fresh, path)
}

struct Service(Arc<Inner>);

#[tonic::async_trait]
impl RenderService for Service {
    type RenderStream = ReceiverStream<Result<RenderResponse, Status>>;

    async fn render(
        &self,
        request: tonic::Request<Streaming<RenderRequest>>,
    ) -> Result<tonic::Response<Self::RenderStream>, Status> {
        let header = |name: &str| request.metadata().get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let (nonce, proof) = (header("simmer-nonce"), header("simmer-proof"));
        if nonce.len() != 64 || !verify(&self.0.token, Role::Client, &nonce, &proof) {
            self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).refused += 1;
            return Err(Status::unauthenticated("no proof"));
        }
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).calls += 1;
        let wrong = self.0.behaviour.lock().unwrap_or_else(PoisonError::into_inner).wrong_proof;
        let token = if wrong { "another token, and a long one" } else { &self.0.token };
        let own = prove(token, Role::Service, &nonce).unwrap_or_default();
        let (out, receiver) = mpsc::channel(16);
        let inbound = request.into_inner();
        let inner = self.0.clone();
        tokio::spawn(async move { Stream::new(inner, out).serve(inbound).await });
        let mut response = tonic::Response::new(ReceiverStream::new(receiver));
        let own = own.parse().map_err(|_| Status::internal("proof"))?;
        response.metadata_mut().insert("simmer-proof", own);
        Ok(response)
    }
}

import { join } from 'node:path';
import { scenes } from '../../plugin-ui/dev/example-scenes.js';
import { serveExample } from '../../plugin-ui/dev/example-server.js';
import { repository } from '../../scripts/lib/folders.js';
import { securityHeaders } from '../../service/src/monitor/http.js';

export const sceneNames = Object.keys(scenes);

/** Serves the built page with invented instances, under the service's own headers. Resolves to the address of a scene. */
export async function startExample(): Promise<(scene: string) => string> {
  const port = await serveExample(join(repository, 'plugin-ui', 'dist'), securityHeaders);
  return (scene) => `http://127.0.0.1:${port}/${scene}/`;
}

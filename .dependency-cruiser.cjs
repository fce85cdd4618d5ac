/** Which folder may import what. A folder is a rule: ARCHITECTURE.md says why. */
const service = '^service/src';
const page = '^plugin-ui/src';

/** In `source`, the folder or file `part` may import nothing but itself and the `allowed` folders and files. */
const within = (source, part, allowed) => ({
  name: `${source === page ? 'page-' : ''}${part}-imports`,
  severity: 'error',
  from: { path: `${source}/${part}(/|\\.ts$)` },
  to: { path: source, pathNot: [part, ...allowed].map((name) => `${source}/${name}(/|\\.ts$)`) },
});
const only = (folder, allowed) => within(service, folder, allowed);
const pageOnly = (part, allowed) => within(page, part, allowed);

/** `module` of node_modules is for files at `path` only. */
const onlyAt = (module, path, comment) => ({
  name: `${module.replace(/\W+/g, '-')}-stays-at-its-edge`,
  severity: 'error',
  comment,
  from: { path: '^(service|plugin-ui)/', pathNot: path },
  to: { path: `node_modules/${module}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(service|plugin-ui)/' },
      to: { path: '^test/' },
    },
    {
      name: 'core-is-pure',
      comment: 'The vocabulary runs anywhere: no Node, no network, no protobuf. zod is all it needs.',
      severity: 'error',
      from: { path: `${service}/core/` },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: 'node_modules/zod/' },
    },
    only('core', []),
    only('audio-file', ['core']),
    only('bounce', ['core']),
    only('discovery', ['core']),
    only('model', ['core']),
    only('record', ['core']),
    only('render', ['core', 'model', 'store', 'take']),
    only('check', ['core', 'model']),
    only('study', ['bounce', 'core', 'model', 'render', 'store', 'take']),
    only('session', ['core', 'model', 'record', 'render', 'store', 'take']),
    only('take', ['core']),
    only('store', ['core', 'take']),
    only('wire', ['core', 'take']),
    only('rpc', ['core', 'session', 'wire']),
    only('monitor', ['core', 'session/observe']),
    {
      name: 'engines-live-in-workers',
      comment:
        'Inference never runs on the thread that serves streams; only a worker or a process of its own loads an engine.',
      severity: 'error',
      from: {
        path: service,
        pathNot: `${service}/model/(pool/worker-thread\\.ts$|graph-trial-process\\.ts$|onnx/|kernel/|codes/)`,
      },
      to: { path: `${service}/model/(onnx/(model|graph|provider)|kernel/model|codes/model)\\.ts$` },
    },
    {
      name: 'composition-is-main',
      comment: 'Only the command line and main know everything; nothing knows them.',
      severity: 'error',
      from: { path: service, pathNot: [`${service}/cli/`, `${service}/main\\.ts$`] },
      to: { path: [`${service}/cli/`, `${service}/main\\.ts$`] },
    },
    // The page, from the bottom up. Four folders that know nothing of what is above them: `ui` (elements, scopes, frames;
    // nothing of Simmer), `geometry` (places, times and colours as numbers), `state` (what the service said), `words`
    // (what the page says of it).
    pageOnly('ui', []),
    pageOnly('geometry', []),
    pageOnly('state', []),
    pageOnly('words', ['geometry', 'state']),
    // Then what lives as long as the page: the link, the sound of takes, what a person has chosen and drawn. `services.ts`
    // is the part of it that every view is handed; `main.ts` makes it.
    pageOnly('monitor', ['ui']),
    pageOnly('sound', ['state', 'ui']),
    pageOnly('workspace', ['geometry', 'ui']),
    pageOnly('services', ['monitor', 'sound', 'ui']),
    // Then the parts of one instance, which do not know one another.
    pageOnly('control', ['geometry', 'services', 'state', 'ui', 'words']),
    pageOnly('song', ['geometry', 'services', 'sound', 'state', 'ui', 'words', 'workspace']),
    pageOnly('drawing', ['geometry', 'services', 'state', 'ui', 'words', 'workspace']),
    pageOnly('takes', ['geometry', 'services', 'sound', 'state', 'ui', 'words', 'workspace']),
    pageOnly('bounce', ['geometry', 'services', 'state', 'ui', 'words', 'workspace']),
    // `view` puts them together, `main.ts` starts it. The gallery is a page of its own.
    pageOnly('view', [
      ...['bounce', 'control', 'drawing', 'song', 'takes'],
      ...['geometry', 'services', 'state', 'ui', 'words', 'workspace'],
    ]),
    pageOnly('gallery', ['geometry', 'style', 'ui']),
    {
      name: 'page-main-is-the-top',
      severity: 'error',
      from: { path: page },
      to: { path: `${page}/main\\.ts$` },
    },
    {
      name: 'page-folders-have-rules',
      comment: 'A new folder of the page gets a rule above.',
      severity: 'error',
      from: {
        path: `${page}/`,
        pathNot: [
          `${page}/(ui|geometry|state|words|monitor|sound|workspace|control|song|drawing|takes|bounce|view|gallery)/`,
          `${page}/(services|main)\\.ts$`,
        ],
      },
      to: {},
    },
    {
      name: 'page-knows-the-service-by-its-feed',
      severity: 'error',
      from: { path: '^plugin-ui/' },
      to: { path: service, pathNot: `${service}/core/` },
    },
    {
      name: 'service-does-not-know-the-page',
      severity: 'error',
      from: { path: '^service/' },
      to: { path: '^plugin-ui/' },
    },
    onlyAt('(protobufjs|long)', `${service}/wire/`, 'Protobuf types do not leave wire/.'),
    onlyAt('onnxruntime-node', `${service}/model/onnx/`, 'Engines are behind the port in model/engine.ts.'),
    onlyAt('@grpc/grpc-js', `${service}/rpc/`, 'Sessions are events in and events out.'),
    onlyAt('libflacjs', `${service}/bounce/flac-file`, 'Formats are behind the port in bounce/sound-file.ts.'),
    onlyAt('(@wasm-audio-decoders|mpg123-decoder)', `${service}/audio-file/`, 'What a file holds is found out there.'),
    onlyAt('commander', `${service}/cli/`, 'Arguments are parsed once.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(plugin-ui/)?dist/', 'wire/generated/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.d.ts'],
    },
  },
};

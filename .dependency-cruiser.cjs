/** Which folder may import what. A folder is a rule: ARCHITECTURE.md says why. */
const service = '^service/src';

/** Inside the service, `folder` may import nothing of it but `allowed` folders (and itself). */
const only = (folder, allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: `${service}/${folder}/` },
  to: { path: service, pathNot: [folder, ...allowed].map((name) => `${service}/${name}(/|\\.ts$)`) },
});

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

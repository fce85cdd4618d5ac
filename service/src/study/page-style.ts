/** The look of a study's page, light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #23201c; --soft: #6b645b; --ground: #faf8f4; --edge: #d8d2c8; --hot: #b4451f; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece7df; --soft: #a79f94; --ground: #1b1917; --edge: #46403a; --hot: #f08a5d; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 24px; font: 15px/1.45 Inter, system-ui, sans-serif; color: var(--ink); background: var(--ground); }
h1 { margin: 0 0 4px; font-size: 24px; }
p { margin: 4px 0; }
.soft, .facts { color: var(--soft); font-size: 12px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 16px 0; }
caption { text-align: left; font-weight: 600; padding: 4px 0; }
th { font-weight: 500; color: var(--soft); padding: 4px 8px; text-align: left; vertical-align: top; }
td { padding: 4px; vertical-align: top; }
.card { width: 268px; padding: 6px; border: 1px solid var(--edge); border-radius: 8px; }
.card.playing { border-color: var(--hot); }
.card.failed { color: var(--hot); }
.title { display: flex; justify-content: space-between; gap: 8px; font-size: 13px; }
.player { position: relative; display: block; width: 100%; padding: 0; border: 0; background: #000; cursor: pointer; border-radius: 4px; overflow: hidden; }
.player canvas { display: block; width: 100%; height: 96px; image-rendering: pixelated; }
.head { position: absolute; top: 0; bottom: 0; left: 0; width: 2px; background: #fff; opacity: 0; }
.playing .head { opacity: 1; }
.list { display: flex; flex-wrap: wrap; gap: 8px; margin: 16px 0; }
fieldset { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; border: 1px solid var(--edge); border-radius: 8px; padding: 10px 14px; margin: 16px 0; }
button, select { font: inherit; color: inherit; background: transparent; border: 1px solid var(--edge); border-radius: 6px; padding: 5px 10px; cursor: pointer; }
button:disabled { opacity: 0.45; cursor: default; }
:focus-visible { outline: 2px solid var(--hot); outline-offset: 2px; }
a { color: inherit; }
.blind #takes { filter: blur(14px); pointer-events: none; }
#reveal { flex-basis: 100%; min-height: 1.4em; }
#tally td, #tally th { padding: 1px 8px; }
`;

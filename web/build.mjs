// Bundles the scripts of both pages into dist/, with nothing left to load at run time:
//   bundle.js        the report page's, one classic script that each page carries
//   app.js, app.css  the live page's (groklab serve)
//   test/*.mjs       with the arguments "tests FOLDER": the live page's unit tests there, for node --test
// The licences of all bundled packages travel with each script, as a comment at its head.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/** Names of the packages whose files went into the bundle, with their folders. */
function bundledPackages(metafile) {
  const packages = new Map();
  for (const [file, input] of Object.entries(metafile.inputs)) {
    if (input.bytes === 0) continue;
    const match = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file);
    if (match) packages.set(match[2], join(here, match[1]));
  }
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Licence texts, each once, with the packages that carry it. */
function licenceComment(packages) {
  const byText = new Map();
  for (const [name, folder] of packages) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = existsSync(folder) && readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${manifest.license}`;
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${manifest.version}`]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join(', ')}\n\n${text}`);
  const body = parts.join('\n\n----\n\n').replaceAll('*/', '* /').replaceAll('</', '< /');
  return `/*! Bundled packages and their licences\n\n${body}\n*/`;
}

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  platform: 'browser',
  target: 'es2020',
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

async function script(entry, outfile) {
  const options = {...common, entryPoints: [entry], format: 'iife', metafile: true};
  const dry = await build({...options, write: false});
  await build({...options, banner: {js: licenceComment(bundledPackages(dry.metafile))}, outfile});
}

async function tests(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name));
  await build({
    ...common, entryPoints: files, outdir: 'dist/test', format: 'esm', platform: 'node', minify: false,
    outExtension: {'.js': '.mjs'}, sourcemap: 'inline',
  });
}

if (process.argv[2] === 'tests') {
  await tests(process.argv[3] ?? join(here, 'serve/test'));
} else {
  await script('src/page.js', 'dist/bundle.js');
  await script('serve/src/main.tsx', 'dist/app.js');
  await build({...common, entryPoints: ['serve/app.css'], outfile: 'dist/app.css'});
}

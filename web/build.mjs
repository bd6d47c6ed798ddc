// Bundles the page's scripts into dist/bundle.js (one classic script, nothing loaded at run time).
// The licences of all bundled packages travel with it, as a comment at its head.
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

const options = {
  absWorkingDir: here,
  entryPoints: ['src/page.js'],
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2020',
  charset: 'ascii',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

const dry = await build({...options, write: false});
await build({
  ...options,
  banner: {js: licenceComment(bundledPackages(dry.metafile))},
  outfile: 'dist/bundle.js',
});

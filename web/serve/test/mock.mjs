// A server in the form of `groklab serve`, with made-up runs, for development and for tests of speed and odd data.
//   node serve/test/mock.mjs [RUNS [PORT]]      from web/, after node build.mjs
import {createServer} from 'node:http';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {configOf, curveOf, figureOf, kColumns, kConfigKeys, madeUpRun, madeUpRuns, randomStream, recordAt, rowOf} from './made_up.mjs';

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const kToken = 'made-up-token';
const kPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";
const kStudies = [{study: 'varma2023', scale: 'quick', protocol: 'locked', file: 'reproductions/quick.json', claims: [
  {claim: 'efficiency-gen', title: 'The generalising circuit is more efficient', verdict: 'confirmed', effect: '1.03 (0.95 to 1.10)', text: 'Norms at equal logits, 5 seeds.'},
  {claim: 'semi-grokking', title: 'Semi-grokking near the critical size', verdict: 'inconclusive', effect: '0.41 (0.10 to 0.72)', text: 'Too few seeds to tell.'},
  {claim: 'no-decay', title: 'Without weight decay nothing is forgotten', verdict: 'refuted', effect: '', text: '<b>Text</b> from a file is text.'}]}];

/** What the mock serves and how; `runs` may be given whole. */
export class Mock {
  constructor({count = 200, runs, readOnly = false, damaged = [], studies = kStudies} = {}) {
    this.runs = runs ?? madeUpRuns(count);
    this.readOnly = readOnly;
    this.damaged = damaged;
    this.studies = studies;
    this.version = 1;
    this.streams = new Set();
    this.requests = [];
    this.posts = [];
    this.random = randomStream(99);
    this.server = createServer((request, response) => this.answer(request, response).catch((error) => send(response, 500, {error: String(error)})));
  }

  async listen(port = 0) {
    await new Promise((done) => this.server.listen(port, '127.0.0.1', done));
    return `http://127.0.0.1:${this.server.address().port}/`;
  }

  close() {
    for (const {response} of this.streams) response.destroy();
    this.server.closeAllConnections?.();
    return new Promise((done) => this.server.close(done));
  }

  find(id) {
    return this.runs.find((run) => run.id === id);
  }

  /** Puts a run first, or changes it, and tells the streams. */
  change(run, records = null) {
    if (!this.find(run.id)) this.runs.unshift(run);
    ++this.version;
    const list = JSON.stringify({version: this.version, columns: kColumns, rows: [rowOf(run)], removed: []});
    for (const {response, watch} of this.streams) {
      response.write(`event: runs\nid: ${this.version}\ndata: ${list}\n\n`);
      if (records && watch.has(run.id)) response.write(`event: records\ndata: ${JSON.stringify(records)}\n\n`);
    }
  }

  /** Moves a running run on to a step. */
  advance(run, step) {
    const before = run.step;
    run.step = step;
    const steps = [Math.round((before + step) / 2), step];
    const records = steps.map((one) => recordAt(run, one));
    const names = Object.keys(records[0]);
    this.change(run, {run: run.id, step: steps, columns: Object.fromEntries(names.map((name) => [name, records.map((record) => record[name])]))});
  }

  /** Ends every stream, as a server that goes away does. */
  dropStreams() {
    for (const {response} of this.streams) response.destroy();
  }

  async answer(request, response) {
    const url = new URL(request.url, 'http://mock');
    this.requests.push(`${request.method} ${request.url}`);
    const path = decodeURIComponent(url.pathname);
    if (request.method === 'POST') return this.post(path, request, response);
    if (path === '/') return this.page(response);
    if (path === '/app.js') return sendFile(response, join(web, 'dist/app.js'), 'text/javascript');
    if (path === '/app.css') return sendFile(response, join(web, 'dist/app.css'), 'text/css');
    if (path === '/api/config') return send(response, 200, {keys: kConfigKeys});
    if (path === '/api/runs') return this.list(url, response);
    if (path === '/api/records') return this.records(url, response);
    if (path === '/api/studies') return send(response, 200, {studies: this.studies});
    if (path === '/api/overview') return send(response, 200, {figures: this.runs.length ? [figureOf(this.runs[0], 'overview', 'Test accuracy')] : []});
    if (path === '/api/events') return this.events(url, request, response);
    const match = /^\/api\/runs\/([^/]+)(\/figures|\/inside)?$/.exec(path);
    const run = match && this.find(match[1]);
    if (!run) return send(response, 404, {error: `expected a stored run, found '${path}'`});
    if (match[2] === '/figures') return send(response, 200, {figures: [figureOf(run, 'accuracy', 'Accuracy')]});
    if (match[2] === '/inside') return send(response, 200, {step: Number(url.searchParams.get('step')), figures: [figureOf(run, 'logits', 'Logits')]});
    return send(response, 200, this.details(run));
  }

  page(response) {
    const html = readFileSync(join(web, 'serve/index.html'), 'utf8')
      .replaceAll('{{token}}', kToken).replaceAll('{{read_only}}', String(this.readOnly)).replaceAll('{{query}}', '');
    response.writeHead(200, {'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': kPolicy});
    response.end(html);
  }

  /** Of the grammar of conditions: `column = value` alone. */
  list(url, response) {
    const where = url.searchParams.get('where') ?? '';
    const match = /^\s*([\w.]+)\s*=\s*'?([^']*?)'?\s*$/.exec(where);
    if (where && !match) return send(response, 400, {error: `where: expected a condition, found '${where}'`});
    const place = match ? kColumns.findIndex(({name}) => name === match[1]) : -1;
    if (where && place < 0) return send(response, 400, {error: `where: no column ${match[1]}`});
    // The whole list is made once for each version: what is measured is the page.
    if (this.body?.version !== this.version) {
      const all = this.runs.map(rowOf);
      this.body = {version: this.version, rows: all, text: JSON.stringify({version: this.version, columns: kColumns, rows: all, damaged: this.damaged})};
    }
    if (place < 0) return sendText(response, this.body.text);
    const rows = this.body.rows.filter((row) => String(row[place]) === match[2]);
    return send(response, 200, {version: this.version, columns: kColumns, rows, damaged: this.damaged});
  }

  records(url, response) {
    const columns = (url.searchParams.get('columns') ?? '').split(',').filter(Boolean);
    const runs = (url.searchParams.get('runs') ?? '').split(',').map((id) => this.find(id)).filter(Boolean);
    return send(response, 200, {runs: runs.map((run) => curveOf(run, columns))});
  }

  details(run) {
    const config = configOf(run);
    return {
      run: run.id, name: run.name, tags: run.tags, note: null, status: run.status, outcome: run.grok ? `Grokked: it fitted by step ${run.fit} and generalised by step ${run.grok}.` : `Fitted by step ${run.fit}.`,
      command: `groklab train --set task.modulus=59 --set split.train_fraction=${run.fraction} --set optim.weight_decay=${run.decay}`, config,
      changed: kConfigKeys.filter(({key, default: value}) => config[key] !== value).map(({key}) => key),
      events: {T_fit: run.fit <= run.step ? run.fit : null, T_grok: run.grok !== null && run.grok <= run.step ? run.grok : null, T_ungrok: run.ungrokAt},
      states: run.step ? [0, 100, 1000, run.step].filter((step, i, all) => step <= run.step && all.indexOf(step) === i) : [], parent: run.parent, fork_step: run.forkStep,
      children: this.runs.filter((other) => other.parent === run.id).map((other) => other.id), trained_by: run.runningHere ? {process: 4711, command: 'groklab serve', stoppable: true} : run.elsewhere ?? null, seconds: run.step / 800, reason: '', failure: null,
    };
  }

  events(url, request, response) {
    response.writeHead(200, {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store'});
    response.write(': here\n\n');
    const watch = new Set((url.searchParams.get('watch') ?? '').split(',').map((word) => word.split(':')[0]));
    const stream = {response, watch};
    this.streams.add(stream);
    request.on('close', () => this.streams.delete(stream));
  }

  async post(path, request, response) {
    if (this.readOnly) return send(response, 403, {error: 'this server only reads'});
    if (request.headers['x-groklab-token'] !== kToken) return send(response, 403, {error: 'expected the token of this server'});
    if (!/^application\/json/.test(request.headers['content-type'] ?? '')) return send(response, 415, {error: 'expected application/json'});
    let text = '';
    for await (const part of request) text += part;
    const body = JSON.parse(text);
    this.posts.push({path, body});
    if (path === '/api/runs') return this.start(body, response);
    const [, id, what] = /^\/api\/runs\/([^/]+)\/(stop|resume|fork)$/.exec(path) ?? [];
    const run = id && this.find(id);
    if (!run) return send(response, 404, {error: `expected a stored run, found '${path}'`});
    if (what === 'fork') return this.fork(run, body, response);
    if (what === 'stop' && !run.runningHere) return send(response, 409, {error: 'the run does not train here'});
    if (what === 'stop') {
      // The store says so first; the process ends a little later, without an event.
      run.status = 'interrupted';
      setTimeout(() => { run.runningHere = false; }, 700);
    } else [run.status, run.runningHere] = ['running', true];
    this.change(run);
    return send(response, 202, {run: run.id});
  }

  start(body, response) {
    const {config} = body;
    if (config['optim.weight_decay'] < 0) return send(response, 400, {error: 'optim.weight_decay: expected a number of at least 0, found -1'});
    const run = madeUpRun(this.runs.length, this.random, {status: 'running', step: 0, grok: 4000, runningHere: true, name: body.name ?? null, fraction: config['split.train_fraction'] ?? 0.3,
      decay: config['optim.weight_decay'] ?? 1, extra: config});
    this.change(run);
    return send(response, 202, {run: run.id});
  }

  fork(parent, body, response) {
    const at = Math.max(...this.details(parent).states.filter((step) => step <= body.step));
    const fraction = body.config['split.train_fraction'] ?? parent.fraction;
    const run = madeUpRun(this.runs.length, this.random, {status: 'running', step: 0, forkStep: at, steps: body.steps, runningHere: true, parent: parent.id, fraction,
      decay: parent.decay, kind: parent.kind, grok: 0, ungrokAt: fraction < 0.5 * parent.fraction + 0.2 ? 200 : null, extra: body.config});
    this.change(run);
    return send(response, 202, {run: run.id, at});
  }
}

function send(response, status, body) {
  response.writeHead(status, {'Content-Type': 'application/json', 'Cache-Control': 'no-cache'});
  response.end(JSON.stringify(body));
}

function sendText(response, text) {
  response.writeHead(200, {'Content-Type': 'application/json', 'Cache-Control': 'no-cache'});
  response.end(text);
}

function sendFile(response, file, type) {
  response.writeHead(200, {'Content-Type': `${type}; charset=utf-8`});
  response.end(readFileSync(file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = new Mock({count: Number(process.argv[2] ?? 200)});
  console.log(await mock.listen(Number(process.argv[3] ?? 0)));
  // Whatever trains goes on.
  setInterval(() => {
    for (const run of mock.runs) {
      if (run.status !== 'running') continue;
      if (run.step >= run.steps) [run.status, run.runningHere] = ['finished', false];
      mock.advance(run, Math.min(run.steps, run.step + 100 + Math.round(run.step / 10)));
    }
  }, 1000).unref?.();
}

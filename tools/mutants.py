#!/usr/bin/env python3
"""Breaks the library on purpose, one line at a time, and sees whether the unit tests notice.

A snapshot of the tree is built once in build/mutants. A mutant is then one file compiled by itself, linked before the
libraries (so that their copy is never taken) with the unit tests' objects, and run: first the tests of its own room,
then those that can see it through other rooms, each until its first failure. docs/testing.md says what came out.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from mutation_operators import mutants_of  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / 'build' / 'mutants'
TREE = BUILD / 'tree'
BASE = TREE / 'build'

# Room -> folders of src/groklab, the first that exists counts.
ROOMS = {
    'studies': ('studies', 'paper'),
    'analysis': ('analysis',),
    'probe': ('probe',),
    'optim': ('optim',),
    'store': ('store',),
    'task': ('task',),
}
# On request only: --rooms exec,lab.
MORE_ROOMS = {name: (name,) for name in
              ('bench', 'config', 'exec', 'lab', 'model', 'record', 'sweep', 'tensor', 'theory', 'train')}
# Files and lines whose content is prose, drawing or a table of sizes rather than a rule.
SKIPPED_FILES = re.compile(r'_test\.cc$|/(?:page|scale|prose|figures?|sizes)\w*\.cc$|'
                           r'_(?:figures?|prose|page|sizes|text)\.cc$')
SKIPPED_LINES = {
    'studies': r'figures?\b|_chart\b|Xy\w+|^\s*\.\w+ = |\.(?:caption|title|ours|censoring|notes)\b|\brule \+|'
               r'\b(?:smoke|quick|full) =|\b(?:points|losses|curves|lines|kinds|norms|panel)\S*\.push_back\(\{',
}
SKIPPED_CALLS = {'studies': (r'\bfmt::format\s*\(', r'\b\w+_network\s*\(', r'\bby_scale\S*\s*\(')}
SKIPPED_FUNCTIONS = {
    'studies': r'^(?=\S)[^\n;{}()]*\b(?:\w*_sizes|\w*(?:scale|figure|panel|chart|curves_of|lines_of)\w*)'
               r'\([^;{}]*\)[^;{}]*\{',
}
# Test files that can see a room beside its own, as regular expressions over paths; the program itself is not run.
SEEN_BY = {
    'studies': r'/(?:analysis|sweep)/',
    'analysis': r'/(?:studies|paper|theory|sweep)/',
    'probe': r'tests/probes?_|/(?:lab|studies|paper|train)/',
    'optim': r'tests/(?:golden|engine|gradient)|/(?:engine|train)/',
    'store': r'/(?:lab|sweep)/',
    'model': r'tests/(?:golden|engine|gradient)',
    'lab': r'/sweep/',
    'task': r'tests/(?:engine|golden|probes?)_|/(?:lab|probe|config)/',
}
NOT_UNIT = re.compile(r'tests/(?:cli|program|docs|includes|examples|package)\w*_test\.cc$')
COUNTED = ('killed', 'timeout', 'survived')
lock = threading.Lock()


def call(command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def snapshot():
    """The files that git knows, copied where later edits do not reach; unchanged files keep their times."""
    listed = call(['git', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT, check=True).stdout.split('\n')
    wanted = {name for name in listed if name and not name.startswith('cli/') and (ROOT / name).is_file()}
    for old in [p for p in TREE.rglob('*') if p.is_file() and BASE not in p.parents]:
        if str(old.relative_to(TREE)) not in wanted:
            old.unlink()
    for name in wanted:
        source, target = ROOT / name, TREE / name
        if not target.exists() or source.read_bytes() != target.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    # The program's tests are not run, but Ninja builds it before the tests' objects: one that does nothing.
    (TREE / 'cli').mkdir(exist_ok=True)
    (TREE / 'cli' / 'main.cc').write_text('int main() {}\n')


def digest(*paths):
    value = hashlib.sha256()
    for path in sorted(paths):
        value.update(path.read_bytes())
    return value.hexdigest()[:16]


class Build:
    """Compile and link commands of the snapshot, as CMake has them."""

    def __init__(self, jobs, cmake_arguments, broken_folders):
        BASE.mkdir(parents=True, exist_ok=True)
        self.jobs = jobs
        # Folders that are broken compile file by file; the others as in a plain build, which the cache may know.
        arguments = ['-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_CXX_FLAGS_RELEASE=-O1',
                     f'-DGROKLAB_SINGLE_FILES={"|".join(broken_folders)}',
                     '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON', *cmake_arguments]
        bundle = ROOT / 'build' / 'web' / 'dist' / 'bundle.js'
        if bundle.exists() and not any('WEB_BUNDLE' in a for a in arguments):
            arguments.append(f'-DGROKLAB_WEB_BUNDLE={bundle}')
        if shutil.which('ccache'):  # the same names of files as in a plain build, so that its results are found
            os.environ.update(CCACHE_BASEDIR=str(TREE), CCACHE_NOHASHDIR='1')
            arguments.append('-DCMAKE_CXX_COMPILER_LAUNCHER=ccache')
        if shutil.which('ld.gold'):
            arguments.append('-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=gold')
        self._run(['cmake', '-S', TREE, '-B', BASE, '-G', 'Ninja', *arguments])
        commands = json.loads((BASE / 'compile_commands.json').read_text())
        self.commands = {str(Path(c['file']).relative_to(TREE)): c for c in commands
                         if Path(c['file']).is_relative_to(TREE)}
        steps = call(['ninja', '-C', BASE, '-t', 'commands', 'groklab_tests'], check=True).stdout.strip().split('\n')
        link = next(s for s in reversed(steps) if '-o groklab_tests ' in s)
        link = re.sub(r'^: && | && :$', '', link.split(' && : && ')[0])
        self.link = shlex.split(link.split(' && ')[0])
        objects = [w for w in self.link if w.endswith('.o')]
        self.objects = [o for o in objects if not NOT_UNIT.search(self.source_of(o))]
        self.link = [w for w in self.link if w not in objects]

    def make(self, test_sources):
        """Builds the libraries and the tests of these files; only those are linked afterwards."""
        self.objects = [o for o in self.objects if self.source_of(o) in test_sources]
        libraries = [w for w in self.link if w.endswith('.a') and not w.startswith('/')]
        self._run(['ninja', '-C', BASE, f'-j{self.jobs}', *libraries, *self.objects])

    @staticmethod
    def _run(command):
        result = call([str(word) for word in command])
        if result.returncode:
            sys.exit(f'mutants: {" ".join(map(str, command))}:\n{(result.stdout + result.stderr)[-4000:]}')

    @staticmethod
    def source_of(name):
        """CMakeFiles/groklab_tests.dir/src/groklab/a/b_test.cc.o -> src/groklab/a/b_test.cc"""
        return re.sub(r'^CMakeFiles/[^/]+\.dir/|\.o$', '', name)

    def compile(self, path, source, to):
        entry = self.commands[path]
        words = shlex.split(entry['command'])
        words = [w for w in words if Path(w).name != 'ccache']
        words[words.index('-o') + 1] = str(to)
        words[words.index(entry['file'])] = str(source)
        # Assertions of the standard library: an index beyond the end is then a failure and not silence.
        words += ['-w', '-O1', '-D_GLIBCXX_ASSERTIONS', '-iquote', str((TREE / path).parent)]
        return call(words, cwd=entry['directory'])

    def link_tests(self, to, extra_objects=()):
        words = list(self.link)
        words[words.index('-o') + 1] = str(to)
        at = words.index(str(to)) + 1
        return call(words[:at] + [str(o) for o in extra_objects] + self.objects + words[at:], cwd=BASE)


def suites_of(path):
    return re.findall(r'^(?:TYPED_)?TEST(?:_F|_P)?(?:_SUITE)?\(\s*(\w+)', (TREE / path).read_text(), re.M)


def filter_of(paths):
    suites = sorted({s for p in paths for s in suites_of(p)})
    return ':'.join(f'{s}.*:{s}/*:*/{s}.*:*/{s}/*' for s in suites)


class Tests:
    """The stages of each room, with how long each takes on unbroken code."""

    def __init__(self, build, rooms):
        self.build = build
        sources = [Build.source_of(o) for o in build.objects]
        self.stages, self.seconds, used = {}, {}, set()
        for room, folder in rooms.items():
            own = [s for s in sources if f'/{folder}/' in s]
            others = [s for s in sources if s not in own and re.search(SEEN_BY.get(room, '$^'), s)]
            self.stages[room] = [f for f in (filter_of(own), filter_of(others)) if f]
            used.update(own, others)
        build.make(used)
        binary = BUILD / 'unbroken'
        linked = build.link_tests(binary)
        if linked.returncode:
            sys.exit(f'mutants: linking the tests:\n{linked.stderr[-4000:]}')
        for stages in self.stages.values():
            for stage in stages:
                if stage in self.seconds:
                    continue
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                result = self.run(binary, stage, BUILD / 'unbroken.tmp', 600, BUILD / 'unbroken.log')
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                self.seconds[stage] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                if result != 'survived':
                    tail = (BUILD / 'unbroken.log').read_text(errors='replace')[-3000:]
                    sys.exit(f'mutants: the tests fail on unbroken code ({result}):\n{tail}')

    @staticmethod
    def run(binary, stage, directory, seconds, log=os.devnull):
        """`seconds` of processor time; of the clock, for what waits for ever, six times that."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)

        def limit():
            os.nice(5)
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
            resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        environment = {**os.environ, 'TEST_TMPDIR': str(directory)}
        command = [str(binary), f'--gtest_filter={stage}', '--gtest_fail_fast', '--gtest_brief=1']
        with open(log, 'w') as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment,
                                       cwd=directory, preexec_fn=limit, start_new_session=True)
        try:
            code = process.wait(6 * seconds)
            return 'survived' if code == 0 else 'timeout' if -code in (signal.SIGXCPU, signal.SIGKILL) else 'killed'
        except subprocess.TimeoutExpired:
            return 'timeout'
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)  # its session: also what it left behind
            except ProcessLookupError:
                pass
            process.wait()
            shutil.rmtree(directory, ignore_errors=True)


def judge(mutant, build, tests):
    """What becomes of one mutant: (status, stage that killed it)."""
    work = BUILD / 'work' / mutant.id
    work.mkdir(parents=True, exist_ok=True)
    try:
        original = (TREE / mutant.path).read_text()
        source = work / Path(mutant.path).name
        source.write_text(original[:mutant.start] + mutant.text + original[mutant.end:])
        broken = work / 'broken.o'
        if build.compile(mutant.path, source, broken).returncode:
            return 'does not compile', 0
        # The same machine code is the same program; compiled once per file from an equally named copy.
        reference = BUILD / 'reference' / mutant.path.replace('/', '+')
        if not (reference / 'whole.o').exists():
            reference.mkdir(parents=True, exist_ok=True)
            copy = reference / source.name
            copy.write_text(original)
            build.compile(mutant.path, copy, reference / f'{mutant.id}.o')
            os.replace(reference / f'{mutant.id}.o', reference / 'whole.o')
        if code_of(broken) == code_of(reference / 'whole.o'):
            return 'same code', 0
        if build.link_tests(work / 'tests', [broken]).returncode:
            return 'does not compile', 0
        for number, stage in enumerate(tests.stages[mutant.room], 1):
            result = tests.run(work / 'tests', stage, work / 'tmp', 10 + 8 * tests.seconds[stage])
            if result != 'survived':
                return result, number
        return 'survived', 0
    finally:
        shutil.rmtree(work, ignore_errors=True)


def code_of(path):
    """Contents of an object file without the names of source files in it."""
    stripped = path.with_suffix('.stripped')
    call(['objcopy', '--strip-debug', '--remove-section=.comment', '--strip-unneeded', str(path), str(stripped)])
    data = stripped.read_bytes() if stripped.exists() else path.read_bytes()
    stripped.unlink(missing_ok=True)
    return data


def folders(rooms):
    chosen = {}
    for room in rooms:
        for folder in {**ROOMS, **MORE_ROOMS}[room]:
            if (TREE / 'src' / 'groklab' / folder).is_dir():
                chosen[room] = folder
                break
    return chosen


def candidates(rooms, seed):
    """Per room all mutants in the order in which they are tried: drawn by hash, one a line before a second of any."""
    order = {}
    for room, folder in rooms.items():
        found = []
        for path in sorted((TREE / 'src' / 'groklab' / folder).rglob('*.cc')):
            name = str(path.relative_to(TREE))
            if not SKIPPED_FILES.search(name):
                found += mutants_of(path.read_text(), room, name, SKIPPED_LINES.get(room), SKIPPED_CALLS.get(room, ()),
                                    SKIPPED_FUNCTIONS.get(room))
        found.sort(key=lambda m: hashlib.sha256(f'{seed}:{m.id}'.encode()).digest())
        seen = {}
        for m in found:
            seen.setdefault((m.path, m.line), []).append(m.id)
        order[room] = sorted(found, key=lambda m: seen[m.path, m.line].index(m.id))  # stable
    return order


class State:
    """Results so far, in a file. One holds as long as the mutated file, and for survivors every test, is as it was."""

    def __init__(self, resume):
        self.path = BUILD / 'state.json'
        self.results = json.loads(self.path.read_text()) if resume and self.path.exists() else {}
        self.tests = digest(*[p for p in TREE.rglob('*') if p.suffix in ('.cc', '.h') and BASE not in p.parents and
                              ('_test' in p.name or 'tests' in p.parts)])
        self.files = {}

    def key(self, mutant):
        if mutant.path not in self.files:
            self.files[mutant.path] = digest(TREE / mutant.path)
        return self.files[mutant.path]

    def known(self, mutant):
        entry = self.results.get(mutant.id)
        if not entry or entry['file'] != self.key(mutant):
            return None
        return None if entry['status'] == 'survived' and entry['tests'] != self.tests else entry

    def add(self, mutant, status, stage, seconds):
        self.results[mutant.id] = {
            'status': status, 'stage': stage, 'seconds': round(seconds, 2), 'file': self.key(mutant),
            'tests': self.tests, 'room': mutant.room, 'path': mutant.path, 'line': mutant.line,
            'operator': mutant.operator, 'before': mutant.before, 'after': mutant.after}
        temporary = self.path.with_suffix('.new')
        temporary.write_text(json.dumps(self.results, indent=1))
        os.replace(temporary, self.path)
        return self.results[mutant.id]


def run_all(order, quota, build, tests, state, jobs):
    """Tries mutants of every room until `quota` of each room count, or none is left."""
    queues = {room: iter(mutants) for room, mutants in order.items()}
    counted = dict.fromkeys(order, 0)
    results, running = [], {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        while True:
            for room in sorted(queues, key=lambda r: counted[r]):
                while len(running) < jobs and room in queues:
                    under_way = sum(1 for m, _ in running.values() if m.room == room)
                    if counted[room] + under_way >= quota[room]:
                        break
                    mutant = next(queues[room], None)
                    if mutant is None:
                        del queues[room]
                        break
                    entry = state.known(mutant)
                    if entry:
                        counted[room] += entry['status'] in COUNTED
                        results.append((mutant, entry))
                        continue
                    running[pool.submit(judge, mutant, build, tests)] = (mutant, time.monotonic())
            if not running:
                return results
            done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                mutant, start = running.pop(future)
                status, stage = future.result()
                entry = state.add(mutant, status, stage, time.monotonic() - start)
                counted[mutant.room] += status in COUNTED
                results.append((mutant, entry))
                place = f'{mutant.path}:{mutant.line} {mutant.operator}'
                print(f'{len(results):4} {mutant.id} {status:16} {entry["seconds"]:6.1f} s  {place}', flush=True)


def report(results, seconds):
    rooms = {}
    for mutant, entry in results:
        rooms.setdefault(mutant.room, []).append(entry)
    summary, table = {}, ['| room | mutants | killed | survived | kill rate | do not compile | same machine code |',
                          '|---|---|---|---|---|---|---|']
    for room, entries in [*rooms.items(), ('all', [e for _, e in results])]:
        counts = {s: sum(e['status'] == s for e in entries) for s in (*COUNTED, 'does not compile', 'same code')}
        killed, survived = counts['killed'] + counts['timeout'], counts['survived']
        rate = killed / max(1, killed + survived)
        summary[room] = {**counts, 'rate': round(rate, 4)}
        table.append(f'| {room} | {killed + survived} | {killed} | {survived} | {100 * rate:.1f} % | '
                     f'{counts["does not compile"]} | {counts["same code"]} |')
    survivors = sorted((e | {'id': m.id} for m, e in results if e['status'] == 'survived'),
                       key=lambda e: (e['path'], e['line']))
    lines = [f'{e["id"]} {e["path"]}:{e["line"]} {e["operator"]}\n  - {e["before"]}\n  + {e["after"]}'
             for e in survivors]
    text = '\n'.join(table) + '\n\nSurvivors:\n\n' + '\n'.join(lines)
    print(f'\n{text}\n\n{seconds / 60:.1f} minutes; all of it in {BUILD.relative_to(ROOT)}/result.json')
    document = {'seconds': round(seconds), 'rooms': summary, 'survivors': survivors,
                'mutants': [e | {'id': m.id} for m, e in results]}
    (BUILD / 'result.json').write_text(json.dumps(document, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--rooms', default=','.join(ROOMS), help='comma-separated; default: all')
    parser.add_argument('--count', type=int, default=180, help='mutants that count, spread evenly over the rooms')
    parser.add_argument('--seed', default='1', help='another seed draws other mutants')
    parser.add_argument('--resume', action='store_true', help='keep what build/mutants/state.json knows, if it holds')
    parser.add_argument('--list', action='store_true', help='show the first mutants of each room, build nothing')
    parser.add_argument('--only', help='one mutant by id, with its result')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='default: all cores')
    parser.add_argument('--cmake', action='append', default=[], help='more arguments for CMake (repeatable)')
    options = parser.parse_args()
    unknown = [r for r in options.rooms.split(',') if r not in {**ROOMS, **MORE_ROOMS}]
    if unknown:
        parser.error(f'--rooms {unknown[0]}: expected some of {", ".join({**ROOMS, **MORE_ROOMS})}')

    start = time.monotonic()
    TREE.mkdir(parents=True, exist_ok=True)
    snapshot()
    rooms = folders(options.rooms.split(','))
    order = candidates(rooms, options.seed)
    share, more = divmod(options.count, len(rooms))
    quota = {room: share + (i < more) for i, room in enumerate(rooms)}
    if options.only:
        order = {r: [m for m in ms if m.id == options.only] for r, ms in order.items()}
        if not any(order.values()):
            sys.exit(f'mutants: no mutant {options.only} in this tree')
    if options.list:
        for room, mutants in order.items():
            print(f'{room}: {len(mutants)} mutants')
            for m in mutants[:quota[room]]:
                print(f'  {m.id} {m.path}:{m.line} {m.operator}\n    - {m.before}\n    + {m.after}')
        return
    shutil.rmtree(BUILD / 'reference', ignore_errors=True)
    shutil.rmtree(BUILD / 'work', ignore_errors=True)
    build = Build(options.jobs, options.cmake, rooms.values())
    tests = Tests(build, {r: f for r, f in rooms.items() if order[r]})
    for room, stages in tests.stages.items():
        print(f'{room:10} stages of tests: ' + ', '.join(f'{tests.seconds[s]:.1f} s' for s in stages))
    print(f'ready after {time.monotonic() - start:.0f} s', flush=True)
    state = State(options.resume or bool(options.only))
    results = run_all(order, quota, build, tests, state, options.jobs)
    report(results, time.monotonic() - start)


if __name__ == '__main__':
    main()

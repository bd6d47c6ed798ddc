"""Single-line changes of C++ sources: what tools/mutants.py breaks on purpose, one at a time.

Works on the text, not on a syntax tree: clang-format puts spaces around binary operators and none around those of
templates and pointers. A change that does not compile costs a compilation and does not count.
"""
import hashlib
import re
from dataclasses import dataclass

# Calls whose arguments are not behaviour: preconditions that callers keep, the text of errors, reserved memory.
_SKIPPED_CALLS = re.compile(r'\b(?:require|static_assert|assert|fail|fatal|reserve|shrink_to_fit|SCOPED_TRACE)\s*\(')
_SKIPPED_LINES = re.compile(r'^\s*(?:#|template\b|using\b|namespace\b|friend\b|extern\b)|=\s*(?:default|delete)\s*;|'
                            r'\)\s*(?:const\s*)?=\s*0\s*;')
_TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|R"([^()\\ ]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|"""
                     r"""(?<!\w)'(?:\\.|[^'\\\n])+'""", re.S)


@dataclass(frozen=True)
class Mutant:
    """Characters start..end of `path` replaced by `text`."""
    id: str
    room: str
    path: str  # relative to the repository
    line: int
    operator: str
    before: str  # the line
    after: str
    start: int
    end: int
    text: str


def _blank(text, start, end):
    return text[:start] + re.sub(r'[^\n]', '\x00', text[start:end]) + text[end:]


def _closing(code, opening):
    """Index behind the bracket that closes the one at `opening`; -1 if there is none."""
    depth = 0
    for i in range(opening, len(code)):
        if code[i] in '([{':
            depth += 1
        elif code[i] in ')]}':
            depth -= 1
            if depth == 0:
                return i + 1
    return -1


def mask(source, extra_calls=(), functions=None):
    """The source with comments, strings, skipped calls and functions made \\x00, all positions kept."""
    code = source
    for match in _TOKENS.finditer(source):
        code = _blank(code, match.start(), match.end())
    for pattern in (_SKIPPED_CALLS, *[re.compile(p) for p in extra_calls]):
        for match in pattern.finditer(code):
            end = _closing(code, match.end() - 1)
            if end > 0:
                code = _blank(code, match.start(), end)
    for match in re.finditer(functions, code, re.M) if functions else ():
        end = _closing(code, match.end() - 1)
        if end > 0:
            code = _blank(code, match.start(), end)
    return code


def _operand_end(code, at):
    """Index behind the operand that begins at `at`: a name, number, call, index or bracket; -1 if it is none."""
    i = at
    while i < len(code) and code[i] in '-!*&':
        i += 1
    begin = i
    while i < len(code):
        if re.match(r'[\w.\x00]', code[i]) or code.startswith('::', i):
            i += 2 if code.startswith('::', i) else 1
        elif code.startswith('->', i):
            i += 2
        elif code[i] in '([':
            i = _closing(code, i)
            if i < 0:
                return -1
        elif code[i] == '<' and (match := re.match(r'<[\w:, *&]*(?:<[\w:, *&]*>)?>', code[i:])):
            i += match.end()
        else:
            break
    return i if i > begin else -1


def _term_end(code, at, following):
    end = _operand_end(code, at)
    while end > 0 and (match := re.match(following, code[end:])):
        end = _operand_end(code, end + match.end())
    return end


_SWAPS = [  # operator, pattern, replacements of its first group
    ('comparison', r'(?<=[\w)\]\x00]) (<|<=|>|>=|==|!=) (?=[\w(!\-*&\x00])',
     {'<': ('<=', '>='), '<=': ('<', '>'), '>': ('>=', '<='), '>=': ('>', '<'), '==': ('!=',), '!=': ('==',)}),
    ('arithmetic', r'(?<=[\w)\]\x00]) (\+|-|\*|/|%) (?=[\w(\-*&\x00])',
     {'+': ('-',), '-': ('+',), '*': ('/',), '/': ('*',), '%': ('/',)}),
    ('assignment', r' (\+=|-=|\*=|/=) ', {'+=': ('-=', '='), '-=': ('+=', '='), '*=': ('/=',), '/=': ('*=',)}),
    ('logic', r' (&&|\|\|) ', {'&&': ('||',), '||': ('&&',)}),
    ('truth', r'\b(true|false)\b', {'true': ('false',), 'false': ('true',)}),
    ('call', r'\b(std::min|std::max|std::floor|std::ceil|std::sin|std::cos|lower_bound|upper_bound)(?=[(<])',
     {'std::min': ('std::max',), 'std::max': ('std::min',), 'std::floor': ('std::ceil',),
      'std::ceil': ('std::floor',), 'std::sin': ('std::cos',), 'std::cos': ('std::sin',),
      'lower_bound': ('upper_bound',), 'upper_bound': ('lower_bound',)}),
    ('call', r'\b(std::abs|std::sqrt|std::log|std::exp)(?=\()',
     {name: ('',) for name in ('std::abs', 'std::sqrt', 'std::log', 'std::exp')}),
    ('end', r'\.(front|back)\(\)', {'front': ('back',), 'back': ('front',)}),
    ('negation', r'(?<=[( ])(!)(?=[\w(])', {'!': ('',)}),
]


def _numbers(token):
    """Changed forms of a literal."""
    if re.fullmatch(r'\d+(?:[uU]?[lL]{0,2})', token):
        digits = re.match(r'\d+', token).group()
        suffix, value = token[len(digits):], int(digits)
        return [f'{value + 1}{suffix}'] + ([f'{value - 1}{suffix}'] if value > 1 else [])
    if re.fullmatch(r'\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+', token):
        return [repr(1.0 if float(token) == 0 else float(token) * 2)]
    return []


def _line_changes(code, source, start, end):
    """(operator, start, end, text) for the line code[start:end]."""
    line = code[start:end]
    for operator, pattern, table in _SWAPS:
        for match in re.finditer(pattern, line):
            for text in table[match.group(1)]:
                yield operator, start + match.start(1), start + match.end(1), text
    for match in re.finditer(r'(?<![\w.])(\d[\w.]*(?:e[+-]\d+)?)', line):
        for text in _numbers(match.group(1)):
            yield 'constant', start + match.start(1), start + match.end(1), text
    for match in re.finditer(r'(?<=[\w)\]\x00]) (\+|-|\*|/) (?=[\w(\-\x00])', line):
        stop = _term_end(code, start + match.end(), r' [*/%] ' if match.group(1) in '+-' else r'$^')
        if start < stop <= end:
            yield 'dropped term', start + match.start(), stop, ''
    for match in re.finditer(r' (&&|\|\|) (?=[\w(!\x00])', line):
        stop = _term_end(code, start + match.end(), r' (?:[-+*/%]|[<>]=?|[!=]=) ')
        if start < stop <= end:
            yield 'dropped condition', start + match.start(), stop, ''
    for match in re.finditer(r'\bif (?:constexpr )?\(', line):
        stop = _closing(code, start + match.end() - 1)
        if 0 < stop <= end and 'constexpr' not in match.group():
            inside = code[start + match.end():stop - 1]
            if ';' not in inside and not re.match(r'(?:const )?auto\b', inside):
                yield 'negated condition', start + match.end(), stop - 1, f'!({source[start + match.end():stop - 1]})'
    for match in re.finditer(r' \? ', line):
        middle = _term_end(code, start + match.end(), r' [-+*/%] ')
        if 0 < middle < end and code.startswith(' : ', middle):
            stop = _term_end(code, middle + 3, r' [-+*/%] ')
            if 0 < stop <= end:
                yield ('swapped branches', start + match.end(), stop,
                       f'{source[middle + 3:stop]} : {source[start + match.end():middle]}')


_ASSIGNS = re.compile(r'\s*(?:\+\+|--)?[\w:\x00]+(?:->|\.|\[[^\]]*\]|\([^()]*\)|\w|::)*(?: (?:[-+*/|&^%]?=) .*)?;\s*')
_CALLS = re.compile(r'\s*[\w:.>\-\[\]]+\(.*\);\s*')
_KEEP = re.compile(r'\s*(?:return|throw|break|else|case|default|goto|co_|public|private)\b|.*\.reserve\(')


def _removal(lines, index, start, end):
    line = lines[index]
    before = next((l.strip(' \x00') for l in reversed(lines[:index]) if l.strip(' \x00')), '{')
    if not before or before[-1] not in ';{}:' or '\x00' * len(line.strip()) == line.strip():
        return None
    balanced = line.count('(') == line.count(')') and line.count('{') == line.count('}')
    if not balanced or _KEEP.match(line) or not (_ASSIGNS.fullmatch(line) or _CALLS.fullmatch(line)):
        return None
    if re.fullmatch(r'\s*[\w:\x00]+;\s*', line) and 'continue' not in line:
        return None
    return 'removed statement', start + len(line) - len(line.lstrip()), end, ';'


def mutants_of(source, room, path, skipped_lines=None, extra_calls=(), functions=None):
    """All changes of a file, in the order of its text."""
    code = mask(source, extra_calls, functions)
    lines, original = code.split('\n'), source.split('\n')
    found, seen, at = [], {}, 0
    for index, line in enumerate(lines):
        start, end = at, at + len(line)
        at = end + 1
        if not line.strip(' \x00') or _SKIPPED_LINES.search(line):
            continue
        if skipped_lines and re.search(skipped_lines, original[index]):
            continue
        changes = list(_line_changes(code, source, start, end))
        removal = _removal(lines, index, start, end)
        for operator, first, last, text in changes + ([removal] if removal else []):
            if source[first:last] == text:
                continue
            after = original[index][:first - start] + text + original[index][last - start:]
            key = f'{path}\n{operator}\n{original[index]}\n{after}'
            seen[key] = seen.get(key, 0) + 1  # equal lines of one file
            name = hashlib.sha256(f'{key}\n{seen[key]}'.encode()).hexdigest()[:8]
            found.append(Mutant(name, room, path, index + 1, operator, original[index].strip(), after.strip(), first,
                                last, text))
    return found

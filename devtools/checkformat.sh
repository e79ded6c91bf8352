#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Check the form of every file of the tree: C by .clang-format, scripts by shellcheck and python3,
# all of them for their licence line, trailing white space and line length; and no home-made words,
# see app/test/check/words.txt.
# usage: checkformat.sh [--fix]     --fix rewrites the C files instead of complaining about them

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$top"

passed=0
failed=0

# Run a check quietly: check WHAT COMMAND...; its output is shown when it fails.
check()
{
	local what=$1 output

	shift
	if output=$("$@" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'not ok %s\n%s\n' "$what" "$output"
	fi
}

# The files of the tree: what git tracks or would add, or without git whatever is not built.
tree()
{
	if [ -d .git ] && command -v git >/dev/null; then
		git -c safe.directory="$top" ls-files --cached --others --exclude-standard
	else
		find . -path './build*' -prune -o -name __pycache__ -prune -o -type f -print |
			sed 's,^\./,,'
	fi
}

text_rules()
{
	awk -v name="$1" '
		/[ \t]$/ { print name ":" FNR ": white space at the end"; bad = 1 }
		{ line = $0; n = 0
		  for (i = 1; i <= length(line); i++)
			n += substr(line, i, 1) == "\t" ? 8 - n % 8 : 1
		  if (n > 100) { print name ":" FNR ": " n " columns, 100 are allowed"; bad = 1 } }
		END { exit bad }' "$1"
}

licence()
{
	head -n 3 "$1" | grep -q 'SPDX-License-Identifier: BSD-3-Clause' || {
		echo "$1: no SPDX-License-Identifier in the first three lines"
		return 1
	}
}

python_compiles()
{
	python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$1"
}

if [ "${1:-}" = --fix ]; then
	mapfile -t files < <(tree | grep '\.[ch]$')
	clang-format -i "${files[@]}"
fi

while read -r file; do
	[ -f "$file" ] || continue
	case $file in
	*.c | *.h)
		check "$file" clang-format --dry-run --Werror "$file"
		check "$file" text_rules "$file"
		check "$file" licence "$file"
		;;
	*.sh | .ci/run)
		check "$file" shellcheck -x "$file"
		check "$file" text_rules "$file"
		check "$file" licence "$file"
		;;
	*.py)
		check "$file" python_compiles "$file"
		check "$file" text_rules "$file"
		check "$file" licence "$file"
		;;
	*meson.build | *meson_options.txt)
		check "$file" text_rules "$file"
		;;
	esac
done < <(tree)
check words app/test/check/check_words.py

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]

#!/bin/sh
# A bundle for an office without internet: every wheel that requirements.lock pins, alertd's own, and an installer that
# asks nobody. Made on a machine with internet, with the same Python and the same kind of processor as the office's; it is
# installed from itself alone before it is called done.
#
#   deploy/bundle.sh [FOLDER]          default: build/bundle; PYTHON=python3.13 names another Python
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/build/bundle}
python=${PYTHON:-python3}
[ ! -e "$out" ] || { echo "bundle: $out is there already; name another folder or take it away" >&2; exit 2; }
mkdir -p "$out/wheels"
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT

echo "bundle: fetching what requirements.lock pins ..." >&2
"$python" -m venv "$trial/venv"
"$trial/venv/bin/python" -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary=:all: \
    --dest "$out/wheels" --requirement "$root/requirements.lock"
cp "$root/requirements.lock" "$root/deploy/alertd.service" "$root/LICENSE" "$root/NOTICE" "$out/"

echo "bundle: making alertd's own wheel ..." >&2
# --isolated: no index or folder that this machine is set up with helps
offline="--isolated --quiet --disable-pip-version-check --no-index --find-links $out/wheels"
# shellcheck disable=SC2086 # several options
"$trial/venv/bin/python" -m pip install $offline --require-hashes --requirement "$root/requirements.lock"
"$trial/venv/bin/python" -m pip wheel --isolated --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation \
    --wheel-dir "$out/wheels" "$root"

cat >"$out/install.sh" <<'TXT'
#!/bin/sh
# Installs alertd from this folder alone: ./install.sh [/opt/alertd]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/alertd}
python=${PYTHON:-python3}
"$python" -m venv "$target"
"$target/bin/python" -m pip install --isolated --quiet --disable-pip-version-check --no-index --find-links "$here/wheels" \
    --require-hashes --requirement "$here/requirements.lock"
"$target/bin/python" -m pip install --isolated --quiet --disable-pip-version-check --no-index --no-deps "$here"/wheels/alertd-*.whl
echo "$("$target/bin/alertd" --version): $target/bin/alertd init --config /etc/alertd"
TXT
chmod +x "$out/install.sh"

echo "bundle: installing it from itself alone ..." >&2
PYTHON=$python "$out/install.sh" "$trial/installed"
"$trial/installed/bin/alertd" init --no-questions --no-send --office-name "UBND" --channel console \
    --storage "sqlite:///$trial/alertd.db" --config "$trial/config" >/dev/null
"$trial/installed/bin/alertd" check --config "$trial/config"
echo "$out: $(ls "$out/wheels" | wc -l) wheels, $(du -sh "$out" | cut -f1); copy it whole, then ./install.sh"

#!/usr/bin/env bash
# Trains the models of the mini world from their recipes in data/mini, then ships them there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/mini.sh [--ship-only]

Trains the mini CLIP, the autoencoder, the denoiser and once more the decoder, by the recipes in data/mini, into
results/runs/mini; hours on two cores. What is there already is not repeated, and what was stopped goes on. Then the
results replace the models in data/mini, those of the Stable Diffusion in half precision, with their checksums.

  --ship-only  train nothing, ship what results/runs/mini holds
  --help       this text
TEXT
}

train=yes
while [ $# -gt 0 ]; do
    case "$1" in
        --ship-only) train=no ;;
        -h | --help) usage; exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done

gift="$root/environment/gift"
recipes="$root/data/mini"
runs="$root/results/runs/mini"

if [ "$train" = yes ]; then
    "$gift" pretrain "$recipes/clip.json"
    "$gift" train-autoencoder "$recipes/autoencoder.json"
    "$gift" train-diffusion "$recipes/stable_diffusion.json"
    "$gift" train-autoencoder "$recipes/decoder.json"
fi
# of a training that is not finished, what its last checkpoint holds
[ -e "$runs/clip/recipe.json" ] || fail "no model in $runs/clip; run without --ship-only"
diffusion="$runs/stable-diffusion" decoder="$runs/decoder"
if [ ! -e "$diffusion/recipe.json" ]; then
    "$gift" train-diffusion "$recipes/stable_diffusion.json" --snapshot "$runs/snapshot/stable-diffusion"
    diffusion="$runs/snapshot/stable-diffusion"
fi
if [ ! -e "$decoder/recipe.json" ]; then
    "$gift" train-autoencoder "$recipes/decoder.json" --snapshot "$runs/snapshot/decoder"
    decoder="$runs/snapshot/decoder"
fi

mkdir -p "$recipes/clip"
cp "$runs"/clip/{model.safetensors,bpe_simple_vocab_16e6.txt.gz,recipe.json,losses.csv} "$recipes/clip/"
ship="$recipes/stable-diffusion"
rm -rf "$ship"
mkdir -p "$ship/unet" "$ship/vae" "$ship/text_encoder"
cp "$diffusion/model_index.json" "$ship/"
cp "$runs/stable-diffusion/losses.csv" "$ship/"
cp -r "$diffusion/tokenizer" "$diffusion/scheduler" "$ship/"
halve() { # folder of the shipped part, folder that it comes from, name of the weights
    cp "$2/config.json" "$ship/$1/"
    "$gift" convert --half "$2/$3.safetensors" "$ship/$1/$3.fp16.safetensors"
}
halve unet "$diffusion/unet" diffusion_pytorch_model
halve text_encoder "$diffusion/text_encoder" model
# the decoder's run holds the whole autoencoder: the encoder as the denoiser knows it, the decoder trained further
halve vae "$decoder" diffusion_pytorch_model
(cd "$recipes" && find . -name '*.safetensors' -o -name '*.gz' | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)
say "shipped in $recipes, $(du -sk "$recipes" | cut -f1) KiB"

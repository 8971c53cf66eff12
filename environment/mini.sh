#!/usr/bin/env bash
# Trains the models of the mini world from their recipes in data/mini, then ships them there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/mini.sh [--ship-only]

Trains the mini CLIP, the autoencoder, the noise predictor and once more the decoder, by the recipes in data/mini, into
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
weights=diffusion_pytorch_model

if [ "$train" = yes ]; then
    "$gift" pretrain "$recipes/clip.json"
    "$gift" train-autoencoder "$recipes/autoencoder.json"
    "$gift" train-diffusion "$recipes/stable_diffusion.json"
    "$gift" train-autoencoder "$recipes/decoder.json"
fi
for model in clip stable-diffusion decoder; do
    [ -e "$runs/$model/recipe.json" ] || fail "no finished model in $runs/$model; run without --ship-only"
done

mkdir -p "$recipes/clip"
cp "$runs"/clip/{model.safetensors,bpe_simple_vocab_16e6.txt.gz,recipe.json,losses.csv} "$recipes/clip/"
ship="$recipes/stable-diffusion"
rm -rf "$ship"
mkdir -p "$ship/unet" "$ship/vae" "$ship/text_encoder"
cp "$runs/stable-diffusion"/{model_index.json,recipe.json,losses.csv} "$ship/"
cp -r "$runs/stable-diffusion/tokenizer" "$runs/stable-diffusion/scheduler" "$ship/"
# the decoder's run holds the whole autoencoder: the encoder as the noise predictor knows it, the decoder trained further
for part in unet:stable-diffusion/unet:$weights vae:decoder:$weights text_encoder:stable-diffusion/text_encoder:model; do
    IFS=: read -r folder from base <<<"$part"
    cp "$runs/$from/config.json" "$ship/$folder/"
    "$gift" halve "$runs/$from/$base.safetensors" "$ship/$folder/$base.fp16.safetensors"
done
(cd "$recipes" && find . -name '*.safetensors' -o -name '*.gz' | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)
say "shipped in $recipes, $(du -sk "$recipes" | cut -f1) KiB"

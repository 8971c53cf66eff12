#!/usr/bin/env python3
"""One update of GIFT in eager PyTorch, in the published order of work: the peer of `gift bench step`.

The model is the CLIP of transformers with random weights, the inputs are random. Nothing is kept from one update to the
next: the teacher sees the pairs in every update, all rows have 77 tokens, the penalty goes through autograd.

  environment/peer/run.sh step.py --json peer.json     the same allocator as gift's
  environment/gift bench step --against peer.json
"""
import torch
import torch.nn.functional as F
import transformers
from transformers import CLIPConfig, CLIPModel

import bench

# width and layers of the image tower, patch, width of the text tower, width of the features
SIZES = {"ViT-B/16": (768, 12, 16, 512, 512), "ViT-B/32": (768, 12, 32, 512, 512), "ViT-L/14": (1024, 24, 14, 768, 768)}
CONTEXT, WORDS, RESOLUTION = 77, 49408, 224
TEMPERATURE, SMOOTHING, ALIGNMENT, PENALTY = 2, 0.2, 0.25, 1


def clip(size):
    width, layers, patch, text, features = SIZES[size]
    return CLIPModel(CLIPConfig(
        projection_dim=features,
        vision_config=dict(hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers, patch_size=patch,
                           num_attention_heads=width // 64, image_size=RESOLUTION, projection_dim=features),
        text_config=dict(hidden_size=text, intermediate_size=4 * text, num_hidden_layers=12, num_attention_heads=text // 64,
                         vocab_size=WORDS, max_position_embeddings=CONTEXT, eos_token_id=WORDS - 1, projection_dim=features)))


def prompts(count):
    """Rows of 8 to 12 tokens, then zeros."""
    rows = torch.zeros(count, CONTEXT, dtype=torch.int64)
    for i, row in enumerate(rows):
        length = 8 + i % 5
        row[:length] = torch.randint(1, WORDS - 2, (length,))
        row[0], row[length - 1] = WORDS - 2, WORDS - 1
    return rows


def features(model, images, texts):
    """Unit-length features of both towers."""
    seen = model.visual_projection(model.vision_model(pixel_values=images).pooler_output)
    read = model.text_projection(model.text_model(input_ids=texts).pooler_output)
    return F.normalize(seen.float(), dim=-1), F.normalize(read.float(), dim=-1)


def similarity(model, seen, read):
    return model.logit_scale.exp() * seen @ read.t()


def soft(student, teacher):
    """Cross-entropy of the student's rows against the teacher's, times T^2."""
    target = F.softmax(teacher / TEMPERATURE, dim=1)
    return -(target * F.log_softmax(student / TEMPERATURE, dim=1)).sum(1).mean() * TEMPERATURE**2


def update(model, teacher, start, optimizer, data, compute, scaler):
    images, labels, classes, pairs, texts = data
    autocast = torch.autocast(images.device.type, dtype=bench.DTYPES[compute], enabled=compute in ("bf16", "fp16"))
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer.zero_grad(set_to_none=False)
    with autocast:
        student = similarity(model, *features(model, pairs, texts))
        with torch.no_grad():
            taught = similarity(teacher, *features(teacher, pairs, texts))
        own = torch.arange(len(pairs), device=pairs.device)
        distillation = soft(student, taught) + soft(student.t(), taught.t())
        alignment = sum(F.cross_entropy(m, own, label_smoothing=SMOOTHING) for m in (student, student.t()))
    scaler.scale(distillation + ALIGNMENT * alignment).backward()
    fisher = [(g := p.grad.detach().clone().pow(2)).div(g.mean()) for p in trained]
    with autocast:
        logits = similarity(model, *features(model, images, classes))
        loss = F.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
        loss = loss + PENALTY * sum((f * (p - a).pow(2)).sum() for f, p, a in zip(fisher, trained, start))
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    return loss.item()


def main():
    parser = bench.arguments(__doc__.splitlines()[0])
    parser.add_argument("--model", default="ViT-B/16", choices=list(SIZES))
    parser.add_argument("--batch", type=int, default=4, help="images of the task, and as many pairs (default 4)")
    parser.add_argument("--classes", type=int, default=100, help="class prompts (default 100)")
    options = parser.parse_args()
    device = bench.device_of(options.device)
    bench.tf32(options.compute == "tf32")
    torch.manual_seed(1)
    floor = bench.floor_of(device, options.compute)
    model, teacher = clip(options.model).to(device), clip(options.model).to(device).eval()
    teacher.load_state_dict(model.state_dict())
    model.logit_scale.requires_grad_(False)
    start = [p.detach().clone() for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=1e-5, weight_decay=0)
    b, c = options.batch, options.classes
    rows = prompts(c)
    data = [torch.randn(b, 3, RESOLUTION, RESOLUTION), torch.arange(b) % c, rows, torch.randn(b, 3, RESOLUTION, RESOLUTION),
            rows[torch.arange(b) % c]]
    data = [x.to(device) for x in data]
    scaler = torch.amp.GradScaler(device.type, enabled=options.compute == "fp16")
    samples = bench.Samples(options, device)
    for _ in range(options.warmup + options.repeats):
        samples.take(lambda: update(model, teacher, start, optimizer, data, options.compute, scaler))
    work = "%s, %d + %d images, %d classes" % (options.model, b, b, c)
    bench.report(options, device, "step", work, floor, [samples.timing("published order", 0, floor)],
                 "transformers " + transformers.__version__)


if __name__ == "__main__":
    main()

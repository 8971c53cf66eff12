package gift.cli;

import picocli.CommandLine.Option;

/** Where a command computes that has no settings file. */
final class DeviceOption {
    @Option(names = "--device", defaultValue = "auto", description = "auto, cpu, gpu0, ... (default ${DEFAULT-VALUE})")
    String device;
}

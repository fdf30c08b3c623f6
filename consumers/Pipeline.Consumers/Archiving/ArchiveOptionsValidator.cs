using Microsoft.Extensions.Options;

namespace Pipeline.Consumers.Archiving;

[OptionsValidator]
internal sealed partial class ArchiveOptionsValidator : IValidateOptions<ArchiveOptions>;

using Microsoft.Extensions.Options;

namespace Pipeline.Consumers;

[OptionsValidator]
internal sealed partial class WriterOptionsValidator : IValidateOptions<WriterOptions>;

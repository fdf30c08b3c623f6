namespace Pipeline.Gateway.Endpoints;

internal sealed record ProvisionalError(string Id, int Status, string Message, string Error);

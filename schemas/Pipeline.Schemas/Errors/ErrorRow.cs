namespace Pipeline.Schemas.Errors;

/// <summary>One error of one backend.</summary>
/// <param name="Backend">Whose it is.</param>
/// <param name="Code">Its code, as text.</param>
/// <param name="Name">Its name in the backend's own documentation.</param>
/// <param name="Class">What it asks its caller to do.</param>
public sealed record ErrorRow(ErrorBackend Backend, string Code, string Name, ErrorClass Class);

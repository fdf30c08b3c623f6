using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Pipeline.Benchmarks;

/// <summary>What was measured so far, as a table and as a file.</summary>
internal sealed class Results
{
    internal const string CpuPerMillion = "CPU-s per million";
    private const int NameWidth = 62;
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly List<Result> _results = [];
    private readonly string _machine = $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}";
    private readonly string _commit = Commit();

    /// <summary>Adds one line and prints it.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="unit">Unit of value and floor.</param>
    /// <param name="value">Measured value.</param>
    /// <param name="floor">Measured in the same run; null where there is none.</param>
    internal void Add(string name, string unit, double value, double? floor = null)
    {
        var result = new Result(
            name, unit, Math.Round(value, 2), floor is { } given ? Math.Round(given, 2) : null, floor is > 0 ? Math.Round(value / floor.Value, 2) : null, _machine, _commit);
        _results.Add(result);
        Console.WriteLine(LineOf(result));
    }

    /// <summary>Writes the file and prints everything as one table.</summary>
    internal void Report(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(_results, Json));
        Console.WriteLine($"\n{new string(' ', NameWidth)} {"value",12} {"floor",8} {"ratio",6}  unit");
        _results.ForEach(result => Console.WriteLine(LineOf(result)));
    }

    private static string LineOf(Result result) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.Name.PadRight(NameWidth)} {result.Value,12:0.00} {result.Floor,8:0.00} {result.Ratio,6:0.00}  {result.Unit}");

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["rev-parse", "--short", "HEAD"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }
}

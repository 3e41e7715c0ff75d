using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Files;
using LeNetServe.Naming;
using LeNetServe.Runs;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Training;

/// <summary>The inputs of a run that its config names without their content: images, class names, teachers.</summary>
/// <param name="Dataset">Counts and hash of the images.</param>
/// <param name="Labels">The class names.</param>
/// <param name="Teachers">SHA-256 of each teacher's weights, by run id and, among runs of one id, number; null without teachers.</param>
internal sealed record RunInputs(DatasetIdentity Dataset, IReadOnlyList<string> Labels, IReadOnlyDictionary<string, string>? Teachers)
{
    /// <summary>Identifies the inputs. The images are in memory already; their hash takes about a second per GB.</summary>
    public static RunInputs Of(TrainingConfig config, ImageDataset dataset, DatasetIdentity identity)
    {
        var teachers = config.Teachers.Select(path => new RunDirectory(path)).Where(run => File.Exists(run.Weights))
            .GroupBy(run => run.Id)
            .SelectMany(same => same.Select((run, index) => (Key: index == 0 ? run.Id : $"{run.Id} ({index + 1})", Run: run)))
            .ToDictionary(teacher => teacher.Key, teacher => RegularFile.Sha256(teacher.Run.Weights));
        return new(identity, dataset.Labels, teachers.Count == 0 ? null : teachers);
    }

    /// <summary>Compares the inputs of an earlier start of the run with these.</summary>
    /// <exception cref="InvalidDataException">They differ; the message names both and the ways on.</exception>
    public void RequireSame(RunDirectory run)
    {
        var before = run.ReadModel();
        if (before.Dataset != Dataset)
            throw Changed(run, "data of SHA-256", Text(before.Dataset), Text(Dataset));
        if (!ClassName.AreSame(before.Labels, Labels))
            throw Changed(run, "the classes", string.Join(", ", before.Labels), string.Join(", ", Labels));
        var teachers = TeachersOf(run);
        foreach (var (id, hash) in Teachers ?? new Dictionary<string, string>())
            if (teachers?.GetValueOrDefault(id) is { } found && found != hash)
                throw Changed(run, $"weights of teacher {id} of SHA-256", found, hash);
    }

    private static InvalidDataException Changed(RunDirectory run, string what, string before, string now) => new(
        $"{run.Path} was begun with {what} {before}, found {now}: give the former inputs, train --force to start anew, or another --out");

    private static string Text(DatasetIdentity data) => $"{data.Sha256} ({data.TrainImages:N0} + {Counted.Of(data.TestImages, "image")})";

    /// <summary>Reads the teachers' hashes; null if an older program did not write them.</summary>
    private static IReadOnlyDictionary<string, string>? TeachersOf(RunDirectory run)
    {
        try
        {
            return JsonSerializer.Deserialize<Recorded>(RegularFile.ReadAllText(run.Environment), JsonSerializerOptions.Web)?.Teachers;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{run.Environment}: {JsonFault.Of(exception)}", exception);
        }
    }

    /// <summary>The part of <c>environment.json</c> that identifies inputs.</summary>
    private sealed record Recorded
    {
        public IReadOnlyDictionary<string, string>? Teachers { get; init; }
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LeNetServe.Runs;
using LeNetServe.Specs;

namespace LeNetServe.Trainer.Configuration;

/// <summary>A run's name, such as <c>mnist-lenet5-s1-3f9a2c</c>: the same request always gives the same name.</summary>
internal static class RunId
{
    /// <summary>Gets the id of a config for that data set and network. Of the paths, only a user's own folder counts.</summary>
    public static string Of(TrainingConfig config, string dataset, LeNetSpec spec)
    {
        var identity = config with
        {
            Data = config.Dataset == "folder" ? Path.GetFullPath(config.Data ?? "") : null,
            Teacher = config.Teacher is null ? null : string.Join(',', config.Teachers.Select(teacher => new RunDirectory(teacher).Id)),
        };
        var text = JsonSerializer.Serialize(identity, TrainerJson.TrainingConfig)
            + JsonSerializer.Serialize(spec, LeNetJson.Default.LeNetSpec);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return $"{Word(dataset)}-{Word(spec.Name)}-s{config.Seed}-{hash[..6]}";
    }

    private static string Word(string name) =>
        string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' ? letter : '-'));
}

using System.Globalization;
using System.Text.Json.Nodes;
using LeNetServe.Datasets;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Recipes;

/// <summary>
/// The part of the recipe <c>folder</c> that depends on the pictures: few pictures need small batches, many passes and distortions, and
/// they are too few to choose an epoch by. Values that the user gives win.
/// </summary>
internal sealed record FolderRecipe
{
    /// <summary>Steps of a training that few images need as much as many.</summary>
    private const int LeastSteps = 1800;

    private const int LeastEpochs = 40;
    private const int LargestBatch = 128;
    private const int SmallestBatch = 8;
    private const int StepsOfAnEpoch = 8;

    /// <summary>Training images below which distortions replace missing pictures.</summary>
    private const int Few = 5000;

    /// <summary>Training images below which a tenth of them says too little about an epoch.</summary>
    private const int TooFewToValidate = 500;

    private const int TooFewOfAClass = 20;
    private const int MostNamed = 10;
    private const double Uneven = 1.5;
    private const double VeryUneven = 4;

    private static readonly JsonObject Recipe = RecipeFiles.ForDataset("folder");

    /// <summary>Values by the config's keys.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>A phrase on each choice, with the config's key that it is about.</summary>
    public required IReadOnlyList<(string Key, string Phrase)> Choices { get; init; }

    /// <summary>A sentence on each weakness of the data.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Gets whether a request gets this recipe: it names no recipe of its own.</summary>
    public static bool IsFor(TrainingConfig config, string? recipe) => config.Dataset == "folder" && (recipe is null or "folder");

    /// <summary>Chooses values for a data set.</summary>
    public static FolderRecipe For(ImageDataset dataset)
    {
        var images = dataset.Train.Count;
        var counts = dataset.Train.Labels.CountBy(label => label).ToDictionary();
        var values = new Dictionary<string, string>();
        var choices = new List<(string Key, string Phrase)>
        {
            ("data", dataset.Imaging.Input.Channels == 1 ? "gray images" : "color images"),
            ("variant", $"network {Recipe["variant"]}"),
            ("learning_rate", $"learning rate {Recipe["learning_rate"]}"),
        };
        var validates = images >= TooFewToValidate;
        var trained = validates ? images * 9 / 10 : images;
        var batch = Batch(trained);
        var epochs = Math.Max(LeastEpochs, (LeastSteps + trained / batch - 1) / (trained / batch));
        values["batch_size"] = Text(batch);
        values["epochs"] = Text(epochs);
        choices.Add(("batch_size", $"batches of {batch}"));
        choices.Add(("epochs", $"{epochs} epochs"));
        if (batch < SmallestBatch)
            values["shards"] = "1";
        if (!validates)
            values["validation"] = "0";
        choices.Add(("validation", validates ? "a tenth held out for validation" : "no images held out for validation"));
        if (images < Few)
            Distort(dataset.Train, values, choices);
        if (counts.Values.Max() > Uneven * counts.Values.Min())
        {
            values["balance"] = "true";
            choices.Add(("balance", "each class as often as the largest"));
        }
        return new() { Values = values, Choices = choices, Warnings = [.. WarningsOf(dataset.Labels, counts)] };
    }

    private static int Batch(int images)
    {
        var batch = LargestBatch;
        while (batch > SmallestBatch && batch * StepsOfAnEpoch > images)
            batch /= 2;
        return Math.Min(batch, images);
    }

    private static void Distort(ImageSet train, Dictionary<string, string> values, List<(string, string)> choices)
    {
        var turns = Symmetry.OfTurning(train);
        var mirrors = Symmetry.OfMirroring(train);
        values["shift"] = "3";
        values["scale"] = "0.15";
        values["rotate"] = turns ? "180" : "15";
        values["flip"] = mirrors ? "random" : "none";
        choices.Add(("shift", "shifts of 3 pixels"));
        choices.Add(("scale", "scales of 15 %"));
        choices.Add(("rotate", turns ? "turns by any angle, since turned pictures look like their classes" : "turns up to 15°"));
        if (mirrors)
            choices.Add(("flip", "mirror images, since mirrored pictures look like their classes"));
    }

    private static IEnumerable<string> WarningsOf(IReadOnlyList<string> labels, Dictionary<int, int> counts)
    {
        var (least, fewest) = counts.MinBy(pair => pair.Value);
        var (most, greatest) = counts.MaxBy(pair => pair.Value);
        var small = counts.Where(pair => pair.Value < TooFewOfAClass).OrderBy(pair => pair.Value).ThenBy(pair => pair.Key).ToList();
        if (small.Count > 0)
        {
            var named = string.Join(", ", small.Take(MostNamed).Select(pair => $"{labels[pair.Key]}: {pair.Value}"));
            var rest = small.Count > MostNamed ? $", and {small.Count - MostNamed:N0} more" : "";
            yield return $"{small.Count:N0} of {Counted.Of(counts.Count, "class", "classes")} {(small.Count == 1 ? "has" : "have")} "
                + $"fewer than {TooFewOfAClass} training pictures ({named}{rest}): "
                + "the answers will be unsure, and the test accuracy says little";
        }
        if (greatest > VeryUneven * fewest)
            yield return $"class {labels[most]} has {Counted.Of(greatest, "training picture")} and class {labels[least]} {fewest}: "
                + "uneven classes make the smaller ones unsure";
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

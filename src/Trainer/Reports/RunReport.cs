using System.Globalization;
using System.Text;
using System.Text.Json;
using LeNetServe.Files;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Reports.Charts;

namespace LeNetServe.Trainer.Reports;

/// <summary>A run's <c>report.html</c>: one file to look at, mail or archive.</summary>
internal static class RunReport
{
    /// <summary>Keeps the evidence in the run directory and writes the page.</summary>
    public static void Write(RunDirectory run, ReportEvidence evidence)
    {
        evidence.Write(run);
        Write(run);
    }

    /// <summary>Writes the page of a finished run again, from the files in its directory.</summary>
    /// <exception cref="FileNotFoundException">The run is not finished.</exception>
    /// <exception cref="InvalidDataException">A file of the run is not sound.</exception>
    public static void Write(RunDirectory run) =>
        AtomicFile.WriteText(run.Report, Render(RecordedRun.Read(run.Path), ReadModel(run), ReportEvidence.Read(run)));

    /// <summary>The page.</summary>
    public static string Render(RecordedRun run, TrainedModel model, ReportEvidence evidence)
    {
        var page = new Page($"{run.Id}: {model.Spec.Name} on {model.Dataset.Name}");
        var answers = evidence.Answers();
        var confusion = new Confusion(evidence.Classes, evidence.Labels, answers);
        page.Add($"<h1>{Page.Text(model.Spec.Name)} on {Page.Text(model.Dataset.Name)}</h1><p class=\"lead\">Run {Page.Text(run.Id)}</p>");
        page.Add(Figures(run, confusion, model));
        page.Section("Learning curves", page.Charts(Curves(run.Epochs, OwnCriterion(run, model))));
        page.Section("Confusion matrix", ConfusionTable(confusion, model.Labels),
            "Rows are the right class, columns the model's answer; a cell's strength is its share of the row, for mistakes relative to the most frequent one.");
        page.Section("Classes", ClassTable(confusion, model.Labels), "Precision: of the images given this class, the share that are of it. Recall: of the images of this class, the share that were given it.");
        page.Section("Most confident mistakes", Mistakes(evidence, answers, model.Labels),
            "The test images that were classified wrongly with the highest probability, worst first: hard, mislabelled, or a weakness of the model.");
        page.Section("Inside the network", Maps(evidence, model.Labels));
        page.Section("Settings", $"<div class=\"columns\">{Settings(run.Settings)}{Settings(RecordedRun.Flatten(run.Directory.Environment))}</div>",
            "Everything that this run was given, and where it was computed.");
        return page.ToString();
    }

    private static TrainedModel ReadModel(RunDirectory run)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(run.Model), LeNetJson.Default.TrainedModel)!;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{run.Model}: {exception.Message}", exception);
        }
    }

    private static string Figures(RecordedRun run, Confusion confusion, TrainedModel model)
    {
        var images = Enumerable.Range(0, confusion.Classes).Sum(confusion.Images);
        var wrong = images - Enumerable.Range(0, confusion.Classes).Sum(label => confusion[label, label]);
        var html = new StringBuilder("<div class=\"figures\">");
        Figure(Percent(1 - (double)wrong / images), "test accuracy");
        Figure(Number($"{wrong:N0}"), Number($"wrong of {images:N0} test images"));
        if (run.Summary is { } summary)
        {
            if (summary.ValidationAccuracy is { } validation)
                Figure(Percent(validation), "best validation accuracy");
            if (summary.TestAccuracyFlipped is { } flipped)
                Figure(Percent(flipped), "test accuracy with mirror images");
            Figure(Number($"{summary.TestLoss:0.0000}"), "test loss, nats");
            Figure(Number($"{summary.Epochs}"), "epochs");
            Figure(Duration(summary.Seconds), "of training");
            Figure(Number($"{summary.ImagesPerSecond:N0}"), "images a second");
        }
        Figure(Number($"{model.Spec.TrainableParameters:N0}"), "trainable parameters");
        return html.Append("</div>\n").ToString();

        void Figure(string value, string name) => html.Append("<div><b>").Append(value).Append("</b><span>").Append(name).Append("</span></div>");
    }

    private static IEnumerable<Chart> Curves(IReadOnlyList<RecordedEpoch> epochs, string? ownCriterion)
    {
        var epoch = new Axis("epoch") { Whole = true };
        yield return new()
        {
            Title = "Accuracy",
            X = epoch,
            Y = new("share of images classified correctly") { Percent = true },
            Series = [Of("training", 0, line => line.TrainAccuracy), Of("validation", 1, line => line.ValidationAccuracy)],
        };
        if (ownCriterion is null)
        {
            yield return Loss("Loss", "mean cross-entropy, nats", Of("training", 0, line => line.TrainLoss), Of("validation", 1, line => line.ValidationLoss));
        }
        else
        {
            yield return Loss("Training loss", $"mean of {ownCriterion}, nats", Of("", 0, line => line.TrainLoss));
            yield return Loss("Validation loss", "mean cross-entropy, nats", Of("", 1, line => line.ValidationLoss));
        }
        yield return new() { Title = "Learning rate", X = epoch, Y = new("learning rate"), Series = [Of("", 0, line => line.LearningRate)] };
        yield return new() { Title = "Speed", X = epoch, Y = new("training images per second"), Series = [Of("", 0, line => line.ImagesPerSecond)] };

        Chart Loss(string title, string measure, params ChartSeries[] series) => new() { Title = title, X = epoch, Y = new(measure) { Logarithmic = true }, Series = series };

        ChartSeries Of(string name, int colour, Func<RecordedEpoch, double?> value) =>
            new(name, [.. epochs.Where(line => value(line) is not null).Select(line => new ChartPoint(line.Epoch, value(line)!.Value))]) { Colour = colour };
    }

    /// <summary>What training made small, where that is not the cross-entropy that validation measures and must not share its axis; else null.</summary>
    private static string? OwnCriterion(RecordedRun run, TrainedModel model)
    {
        var smoothed = double.TryParse(run.Settings.GetValueOrDefault("label_smoothing"), CultureInfo.InvariantCulture, out var share) && share > 0;
        var criterion = model.Spec.Layers.Any(layer => layer is RbfSpec) ? "the MAP criterion" : smoothed ? "cross-entropy with label smoothing" : null;
        return run.Settings.ContainsKey("teacher") ? $"{criterion ?? "cross-entropy"} and distance to the teachers" : criterion;
    }

    private static string ConfusionTable(Confusion confusion, IReadOnlyList<string> labels)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th></th>");
        foreach (var label in labels)
            html.Append("<th>").Append(Page.Text(label)).Append("</th>");
        html.Append("</tr></thead><tbody>");
        var worst = (from label in Enumerable.Range(0, confusion.Classes)
                     from answer in Enumerable.Range(0, confusion.Classes)
                     where label != answer
                     select (double)confusion[label, answer] / Math.Max(1, confusion.Images(label))).Max();
        for (var label = 0; label < confusion.Classes; label++)
        {
            html.Append("<tr><th class=\"n\">").Append(Page.Text(labels[label])).Append("</th>");
            for (var answer = 0; answer < confusion.Classes; answer++)
            {
                var count = confusion[label, answer];
                var share = (double)count / Math.Max(1, confusion.Images(label));
                // Mistakes are rare: the square root keeps the small ones visible.
                var heat = label == answer ? 0.12 + 0.5 * share : 0.08 + 0.6 * Math.Sqrt(share / Math.Max(worst, 1e-9));
                var kind = count == 0 ? "zero" : label == answer ? "right" : "wrong";
                html.Append(Number($"<td class=\"{kind}\" style=\"--h:{heat:0.##}\" title=\"{Page.Text(labels[label])} taken for {Page.Text(labels[answer])}: {count}\">{count}</td>"));
            }
            html.Append("</tr>");
        }
        return html.Append("</tbody></table></div>").ToString();
    }

    private static string ClassTable(Confusion confusion, IReadOnlyList<string> labels)
    {
        var html = new StringBuilder(
            "<div class=\"scroll\"><table><thead><tr><th>class</th><th class=\"n\">images</th><th class=\"n\">precision</th><th></th><th class=\"n\">recall</th><th></th><th class=\"n\">F1</th></tr></thead><tbody>");
        var shares = Enumerable.Range(0, confusion.Classes).SelectMany(label => (double[])[confusion.Precision(label), confusion.Recall(label)]).Where(double.IsFinite).ToList();
        // Bars begin a little below the least share: at 99 % all bars from zero would look alike.
        var least = shares.Count == 0 ? 0 : Math.Max(0, shares.Min() - 0.25 * (1 - shares.Min()) - 0.002);
        for (var label = 0; label < confusion.Classes; label++)
            html.Append(Number($"<tr><td>{Page.Text(labels[label])}</td><td class=\"n\">{confusion.Images(label):N0}</td>{Share(confusion.Precision(label))}{Share(confusion.Recall(label))}"))
                .Append(Number($"<td class=\"n\">{Percent(confusion.F1(label))}</td></tr>"));
        return html.Append("</tbody></table></div>").ToString();

        string Share(double share) => double.IsFinite(share)
            ? Number($"<td class=\"n\">{Percent(share)}</td><td class=\"bars\"><span class=\"bar\" style=\"width:{100 * (share - least) / (1 - least):0.#}px\"></span></td>")
            : "<td class=\"n\">–</td><td></td>";
    }

    private static string Mistakes(ReportEvidence evidence, int[] answers, IReadOnlyList<string> labels)
    {
        if (evidence.Mistakes.Length == 0)
            return "<p>None: every test image was classified correctly.</p>";
        var html = new StringBuilder("<div class=\"tiles\">");
        for (var index = 0; index < evidence.Mistakes.Length; index++)
        {
            var image = evidence.Mistakes[index];
            var answer = answers[image];
            var picture = PixelArt.DataAddress(PixelArt.OfPixels(evidence.Shape, evidence.MistakePixels.AsSpan(index * evidence.Shape.Count, evidence.Shape.Count)));
            html.Append(Number($"<figure><img src=\"{picture}\" alt=\"test image {image}\"><figcaption><b>{Page.Text(labels[answer])}</b> {Percent(evidence.Probabilities[image * evidence.Classes + answer])}"))
                .Append(Number($"<small>is {Page.Text(labels[evidence.Labels[image]])} · no. {image}</small></figcaption></figure>"));
        }
        return html.Append("</div>").ToString();
    }

    private static string Maps(ReportEvidence evidence, IReadOnlyList<string> labels)
    {
        var filters = evidence.Filters;
        var signs = filters.Shape[1] == 3 ? "as colours around grey" : "red positive, blue negative";
        var html = new StringBuilder(Number($"<div class=\"maps\"><h3>C1’s {filters.Shape[0]} filters, {filters.Shape[2]}×{filters.Shape[3]} ({signs})</h3>"));
        for (var map = 0; map < filters.Shape[0]; map++)
            html.Append(Picture(PixelArt.OfFilter(filters, map), 80, $"filter {map}"));
        html.Append(Number($"</div><div class=\"maps\"><h3>Test image {evidence.Sample}, {Page.Text(labels[evidence.Labels[evidence.Sample]])}</h3>"))
            .Append(Picture(PixelArt.OfPixels(evidence.Shape, evidence.SamplePixels), 96, "the image"))
            .Append("</div>");
        foreach (var (layer, maps) in evidence.FeatureMaps)
        {
            var (count, height, width) = (maps.Shape[0], maps.Shape[1], maps.Shape[2]);
            var values = maps.ToSingles();
            html.Append(Number($"<div class=\"maps\"><h3>{Page.Text(layer)}: its {count} maps of {height}×{width} for this image</h3>"));
            for (var map = 0; map < count; map++)
                html.Append(Picture(PixelArt.OfMap(height, width, values.AsSpan(map * height * width, height * width).ToArray()), width > 20 ? 96 : 60, $"{layer}, map {map}"));
            html.Append("</div>");
        }
        return html.ToString();
    }

    private static string Picture(byte[] png, int size, string name) =>
        $"<img src=\"{PixelArt.DataAddress(png)}\" width=\"{size}\" height=\"{size}\" alt=\"{Page.Text(name)}\" title=\"{Page.Text(name)}\">";

    private static string Settings(IReadOnlyDictionary<string, string> settings) => settings.Count == 0 ? "" :
        $"<table><tbody>{string.Concat(settings.Select(pair => $"<tr><th>{Page.Text(pair.Key)}</th><td>{Page.Text(pair.Value)}</td></tr>"))}</tbody></table>";

    private static string Percent(double share) => Number($"{100 * share:0.00}\u00A0%");

    private static string Duration(double seconds) => seconds < 120
        ? Number($"{seconds:0.0} s")
        : seconds < 7200 ? Number($"{seconds / 60:0.0} min") : Number($"{seconds / 3600:0.0} h");

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

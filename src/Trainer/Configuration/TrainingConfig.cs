using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization;
using LeNetServe.Datasets;
using LeNetServe.Specs;

namespace LeNetServe.Trainer.Configuration;

/// <summary>
/// Every hyper-parameter of a run, <c>config.json</c>: equal configs give equal weights, whatever the number of threads. Each property is a
/// key of a recipe (snake_case) and an option of <c>train</c> (kebab-case); its description is the option's help.
/// </summary>
internal sealed record TrainingConfig
{
    private readonly double? warmUp;
    private readonly double? calibration;

    [Description("Data set: mnist, fashion-mnist, cifar10, strokes, or folder for your own images.")]
    public string Dataset { get; init; } = "strokes";

    [Description("Directory of the data set's files. Default: data/NAME or LENETSERVE_DATA/NAME, downloaded if missing.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Data { get; init; }

    [Description("Pass over unreadable images of a folder, counted, instead of failing.")]
    public bool SkipUnreadable { get; init; }

    [Description("Network: lenet5, lenet5-bn, lenet5-silu, lenet5-sparse, lenet5-1998, or the path of a .json file of layers.")]
    public string Variant { get; init; } = "lenet5";

    [Description("Seed of everything drawn by chance: initial weights, order of the images, augmentation.")]
    public int Seed { get; init; } = 1;

    [Description("Passes over the training images.")]
    [Range(1, 1_000_000)]
    public int Epochs { get; init; } = 10;

    [Description("Images per step.")]
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 128;

    [JsonPropertyName("shards")]
    [Description("Slices of a batch, computed side by side, each with its own batch statistics. They are part of the result.")]
    [Range(1, 1024)]
    public int Slices { get; init; } = 2;

    [Description("Optimizer: sgd, adam, adamw or muon.")]
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    [Description("Largest learning rate of the schedule, per step.")]
    [Range(0.0, 1000)]
    public double LearningRate { get; init; } = 0.004;

    [Description("Momentum of sgd and muon.")]
    [Range(0.0, 1)]
    public double Momentum { get; init; } = 0.9;

    [Description("Nesterov's form of the momentum.")]
    public bool Nesterov { get; init; } = true;

    [Description("Decay of the mean of gradients, of adam and adamw, and of muon for the parameters that it leaves to adamw.")]
    [Range(0.0, 1)]
    public double Beta1 { get; init; } = 0.9;

    [Description("Decay of the mean of squared gradients, likewise.")]
    [Range(0.0, 1)]
    public double Beta2 { get; init; } = 0.999;

    [Description("Pull of kernels and matrices towards zero: decoupled with adamw and muon, in the gradient with sgd and adam.")]
    [Range(0.0, 1000)]
    public double WeightDecay { get; init; }

    [Description("Learning rate over time: constant, step, cosine, one-cycle, or lecun-1998 (the paper's, as shares of the run).")]
    public ScheduleKind Schedule { get; init; } = ScheduleKind.OneCycle;

    [Description("Share of the run in which the learning rate rises. Default: 0.3 with one-cycle, else 0.")]
    [Range(0.0, 1)]
    public double WarmUp { get => warmUp ?? (Schedule == ScheduleKind.OneCycle ? 0.3 : 0); init => warmUp = value; }

    [Description("Factor of each step of the step schedule.")]
    [Range(0.0, 1)]
    public double StepFactor { get; init; } = 0.1;

    [Description("Epochs between two steps of the step schedule, counted from the end of the warm-up.")]
    [Range(1, 1_000_000)]
    public int StepEpochs { get; init; } = 10;

    [Description("Share of each target that is spread over all classes.")]
    [Range(0.0, 1)]
    public double LabelSmoothing { get; init; }

    [Description("Decay per step of the moving average of the weights that is evaluated and exported; 0: the weights themselves.")]
    [Range(0.0, 1)]
    public double Ema { get; init; }

    [Description("Largest norm of the gradient of a step; 0: no limit.")]
    [Range(0.0, 1e9)]
    public double GradientClip { get; init; }

    [Description("Share of the training images that are held out to choose the best epoch; 0: the last epoch counts. "
        + "Default: 0.1, but 0 for a folder with fewer than 500 training images.")]
    [Range(0.0, 0.9)]
    public double Validation { get; init; } = 0.1;

    [Description("Epoch whose weights are kept: best on the validation images, or last. Default: best.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public KeptEpoch Keep { get; init; }

    [Description("Share of the training images that are held out for calibration if none validate; 0: no calibration. "
        + "Fewer than 100 images do not calibrate. Default: 0.05 if validation is 0, else the validation images calibrate.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(0.0, 0.9)]
    public double? Calibration { get => calibration ?? (Validation == 0 ? 0.05 : null); init => calibration = value; }

    [Description("Stop after this many epochs without a better validation accuracy; 0: never.")]
    [Range(0, 1_000_000)]
    public int EarlyStopping { get; init; }

    [Description("Show images of smaller classes several times in an epoch, so that all classes are as frequent. Default: false.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Balance { get; init; }

    [Description("Mirror the images: none, random, or alternating (each image changes sides every epoch). Not for digits.")]
    public FlipKind Flip { get; init; } = FlipKind.None;

    [Description("Largest shift, in pixels; whole pixels if it is a whole number and nothing else bends the image.")]
    [Range(0.0, 32)]
    public double Shift { get; init; }

    [Description("Largest rotation, in degrees.")]
    [Range(0.0, 180)]
    public double Rotate { get; init; }

    [Description("Largest change of scale, as a share of the size.")]
    [Range(0.0, 0.9)]
    public double Scale { get; init; }

    [Description("Largest shear, in pixels per pixel.")]
    [Range(0.0, 2)]
    public double Shear { get; init; }

    [Description("Standard deviation of the elastic distortion's displacements, in pixels; 0: none.")]
    [Range(0.0, 32)]
    public double Elastic { get; init; }

    [Description("Width of the Gaussian that smooths the elastic distortion, in pixels.")]
    [Range(1.0, 16)]
    public double ElasticWidth { get; init; } = 5;

    [Description("Side of the square that is blanked out, in pixels; 0: none.")]
    [Range(0, 32)]
    public int Cutout { get; init; }

    [Description("Directories of finished runs, separated by commas, whose mean answers are learned beside the labels. Default: none.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Teacher { get; init; }

    [Description("Share of the teacher's answers in the loss; the labels have the rest.")]
    [Range(0.0, 1)]
    public double TeacherShare { get; init; } = 0.5;

    [Description("Divides the logits of teacher and student before they are compared: more than 1 shows more of the unlikely classes.")]
    [Range(0.1, 100)]
    public double Temperature { get; init; } = 2;

    [Description("Report also the test accuracy of the mean of the answers to each image and its mirror image.")]
    public bool FlipTest { get; init; }

    [Description("The constant j of the MAP criterion's rubbish class (lenet5-1998).")]
    [Range(0.0, 100)]
    public double Rubbish { get; init; } = 4;

    /// <summary>Gets the directories of <see cref="Teacher"/>.</summary>
    [JsonIgnore]
    public string[] Teachers => (Teacher ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Gets the faults of the values, each with key, value and allowed range; empty if there is none.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var property in typeof(TrainingConfig).GetProperties())
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && property.GetValue(this) is { } value && !range.IsValid(value))
                yield return $"{ConfigField.KeyOf(property)} is {value}, expected {range.Minimum} to {range.Maximum}";
        if (!DatasetCatalog.Names.Contains(Dataset))
            yield return $"dataset is \"{Dataset}\", expected {string.Join(", ", DatasetCatalog.Names)}"
                + (Directory.Exists(Dataset)
                    ? $"; for your own images --dataset folder --data {Dataset}"
                    : NearestName.Hint(Dataset, DatasetCatalog.Names));
        if (!Variants.Names.Contains(Variant) && !Variant.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            yield return $"variant is \"{Variant}\", expected {string.Join(", ", Variants.Names)}, or the path of a .json file"
                + NearestName.Hint(Variant, Variants.Names);
        if (Slices > BatchSize)
            yield return $"shards is {Slices}, expected at most the batch_size, {BatchSize}";
        if (EarlyStopping > 0 && Validation == 0)
            yield return $"early_stopping is {EarlyStopping} and validation 0, expected validation images to stop by";
        if (EarlyStopping > 0 && Keep == KeptEpoch.Last)
            yield return $"early_stopping is {EarlyStopping} and keep last, expected keep best: the last epochs have no gain";
    }
}
